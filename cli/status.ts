import { parseArgs } from 'node:util'
import { printLine } from '../local/screen/print.ts'
import { runCommand } from './command.ts'
import { installationHelp, installationOptions, openInstallation, reasonOf } from './installation.ts'
import { collectStatus } from './status/collect.ts'
import { statusJson, statusText } from './status/render.ts'

const help = `Shows the state of each source: its last run, newest event, lag, errors, open failures and dead letters; what
was read from buckets; and the open jobs.

  npm run status -- [options]

${installationHelp}
  --json            prints one JSON object per source and stream, one per open job, and one with the totals
  --help            prints this

A webhook source shows its newest row of the two newest days. Open failures and dead letters are counted for the whole
source, dead letters among the newest 200, with their reasons: see docs/operating.md. The open window of a polled source
is the earliest part that has not been read to its end; a backlog on which the provider fails is listed with its own next
attempt. A source with a bucket has counts of objects: read, excluded by the settings, and ignored because they are no
files of events. A stream that its provider has paused or switched off is in capitals. Times and days are UTC. Exits with
0 when everything could be read, even if sources have errors.
`

await runCommand(help, async () => {
  const { values } = parseArgs({ options: { ...installationOptions, json: { type: 'boolean', default: false } } })
  const installation = await openInstallation(values)
  try {
    const status = await collectStatus(installation).catch((cause: unknown) => {
      throw new Error(`The status cannot be read: ${reasonOf(cause)}`, { cause })
    })
    for (const line of (values.json ? statusJson : statusText)(status)) printLine(line)
  } finally {
    installation.close()
  }
  return 0
})
