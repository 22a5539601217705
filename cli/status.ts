import { parseArgs } from 'node:util'
import { printLine, screenWidth } from '../local/screen/print.ts'
import { runCommand } from './command.ts'
import {
  type InstallationChoice,
  installationHelp,
  installationOptions,
  openInstallation,
  reasonOf,
} from './installation.ts'
import { interruptSignal } from './interrupt.ts'
import { collectStatus, type Status, type StatusPorts } from './status/collect.ts'
import { exitCode } from './status/exit-code.ts'
import { openLeftRun } from './status/left-run.ts'
import { statusText } from './status/render.ts'
import { statusJson } from './status/render-json.ts'
import { type Look, watchStatus } from './status/watch.ts'

const help = `Says of each source whether it works, and if not, why and what to do.

  npm run status -- [options]

  --all             shows every fact: last run, open window, next attempt, credential, objects read from buckets
  --watch           shows it again every five seconds, until Ctrl-C
${installationHelp}
  --json            prints one JSON object per source and stream, one per open job, and one with the totals
  --help            prints this

Exits with 1 if a source needs a person, or a dead letter is there, or the status cannot be read; with 0 otherwise. The
words: working; not set up (no credential, or no event ever); refused (the provider refuses the credential, or requests
to a webhook are rejected); failing; behind (not read to its end for an hour); silent (no event for 24 hours). A "!" marks
a source that needs a person.

The columns: "rejected" counts requests of a webhook that were refused, at least; "failures" are open failures and "dead"
dead letters of the whole source, among the newest 200: see docs/operating.md. Times and days are UTC. When npm start is
not running, the state is shown as it was left.
`

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      ...installationOptions,
      all: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { all, watch: isWatching, json, ...choice } = values
  if (isWatching && json) throw new Error('Write --json or --watch, not both.')
  if (isWatching) return await watch(choice, all)
  const { status, leftAt } = await look(choice)
  const lines = json ? statusJson(status) : statusText(status, { width: screenWidth(), all, leftAt })
  for (const line of lines) printLine(line)
  return exitCode(status)
})

async function look(choice: InstallationChoice): Promise<Look> {
  const left = await openLeftRun(choice)
  if (left) return { status: await read(left), leftAt: left.leftAt }
  const installation = await openInstallation(choice)
  try {
    return { status: await read(installation) }
  } finally {
    installation.close()
  }
}

function read(ports: StatusPorts): Promise<Status> {
  return collectStatus(ports).catch((cause: unknown) => {
    throw new Error(`The status cannot be read: ${reasonOf(cause)}`, { cause })
  })
}

async function watch(choice: InstallationChoice, all: boolean): Promise<number> {
  const { signal, release } = interruptSignal()
  try {
    return await watchStatus(() => look(choice), { all, signal })
  } finally {
    release()
  }
}
