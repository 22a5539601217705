import { parseArgs } from 'node:util'
import { runCommand } from './command.ts'
import { installationHelp, installationOptions, openInstallation, reasonOf } from './installation.ts'
import { collectStatus } from './status/collect.ts'
import { statusJson, statusText } from './status/render.ts'

const help = `Shows how each source is: when it was last asked, its newest event, how far behind it is, what went wrong, what waits
for somebody, and the jobs that are open.

  npm run status -- [options]

${installationHelp}
  --json            prints one JSON object per source and stream, one per open job, and one with the totals
  --help            prints this

A source that sends to us shows its newest row of the two newest days; open failures and dead letters are those of the
whole source, dead letters among the newest 200. Times are UTC. Exits with 0 when everything could be read, however it
looks.
`

await runCommand(help, async () => {
  const { values } = parseArgs({ options: { ...installationOptions, json: { type: 'boolean', default: false } } })
  const installation = await openInstallation(values)
  try {
    const status = await collectStatus(installation).catch((cause: unknown) => {
      throw new Error(`The status cannot be read: ${reasonOf(cause)}`, { cause })
    })
    for (const line of (values.json ? statusJson : statusText)(status)) process.stdout.write(`${line}\n`)
  } finally {
    installation.close()
  }
  return 0
})
