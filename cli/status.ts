import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { printLine, screenWidth } from '../local/screen/print.ts'
import { redrawing } from '../local/screen/redraw.ts'
import { wrapped } from '../local/screen/wrap.ts'
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
import { openLeftRun } from './status/left-run.ts'
import { statusText } from './status/render.ts'
import { statusJson } from './status/render-json.ts'

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

/** Time between two looks of --watch, in milliseconds. */
const watchMs = 5_000

interface Shown {
  readonly status: Status
  readonly leftAt?: number
}

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      ...installationOptions,
      all: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  const { all, watch, json, ...choice } = values
  if (watch) return await watchStatus(choice, { all, json })
  const { status, leftAt } = await look(choice)
  const lines = json ? statusJson(status) : statusText(status, { width: screenWidth(), all, leftAt })
  for (const line of lines) printLine(line)
  return exitCode(status)
})

function exitCode({ totals }: Status): number {
  return totals.needPerson + totals.deadLetters > 0 ? 1 : 0
}

async function look(choice: InstallationChoice): Promise<Shown> {
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

async function watchStatus(
  choice: InstallationChoice,
  { all, json }: { readonly all: boolean; readonly json: boolean },
): Promise<number> {
  if (json) throw new Error('Write --json or --watch, not both.')
  const redraw = redrawing(process.stdout, process.env)
  if (!redraw) throw new Error('--watch draws on a terminal, and this is none. Leave it out, and repeat the command.')
  const { signal, release } = interruptSignal()
  let code = 0
  try {
    while (!signal.aborted) {
      const shown = await look(choice).catch((error: unknown) => error)
      code = isShown(shown) ? exitCode(shown.status) : 1
      // It may be a run that is just starting.
      const lines = isShown(shown)
        ? [...statusText(shown.status, { width: screenWidth(), all, leftAt: shown.leftAt })]
        : wrapped(reasonOf(shown), screenWidth() ?? 80)
      redraw.show(fitting(lines, process.stdout.rows))
      await pause(watchMs, undefined, { signal }).catch(() => {})
    }
    return code
  } finally {
    redraw.done()
    release()
  }
}

function isShown(value: unknown): value is Shown {
  return typeof value === 'object' && value !== null && 'status' in value
}

/** The first lines of a status, whose end would push its beginning off the screen. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  const room = rows - 1
  const left = lines.length - room + 1
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `(${left} more lines: npm run status)`]
}
