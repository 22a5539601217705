import { parseArgs } from 'node:util'
import { printJson, printLine } from '../local/screen/print.ts'
import { type Redraw, redrawing } from '../local/screen/redraw.ts'
import { isKept, reportJson, reportText } from './chaos/report.ts'
import { type ChaosOptions, runChaos } from './chaos/run-chaos.ts'
import { runCommand } from './command.ts'
import { interruptSignal } from './interrupt.ts'

const help = `Proves on this machine that nothing is lost: lets everything go wrong, then counts source against lake.

  npm run chaos -- [options]

  --seed N      decides what goes wrong, and in which order (default: 1)
  --minutes M   how long the storm lasts, 0.5 to 600 (default: 5); counting takes about ten minutes more
  --no-alarms   ends after the count, without the troubles that stay until their alarms ring
  --keep        leaves the data folder, and prints where it is
  --json        prints one JSON object at the end, and nothing else
  --help        prints this

The whole pipeline runs as with npm start, with a source of every type and simulated providers, in a folder of its own.
During the storm functions are killed, also between any two steps; S3, SQS and Secrets Manager fail, are slow, lose
answers or never answer; messages come twice and out of order; providers fail and show events late; secrets are rotated;
clocks are wrong and leap; and days are merged all the while. Then all troubles end, and time passes on the clock of the
run until sweeps have looked back. Each provider has kept what it showed: every event has to be one row, no more and no
less, and what is no event has to be kept as a failure. At last three troubles stay until their alarms ring.

The seed decides the troubles; what they meet depends on the machine, so two storms of one seed are alike, not equal.
Exits with 0 when nothing is lost, there twice or changed, and every alarm rang, else with 1.
`

/** Time between two steps where lines can only be appended, in milliseconds. */
const stepMs = 30_000

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '5' },
      alarms: { type: 'boolean', default: true },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    allowNegative: true,
  })
  const seed = numberIn('--seed', values.seed, { least: 0, most: 2 ** 31 })
  const minutes = numberIn('--minutes', values.minutes, { least: 0.5, most: 600 })
  const screen = values.json ? undefined : redrawing(process.stdout, process.env)
  const { signal, release } = interruptSignal()
  try {
    const report = await runChaos({
      seed,
      minutes,
      signal,
      keep: values.keep,
      alarms: values.alarms,
      ...(values.json ? { onStep: () => {}, onNote: () => {} } : shown(screen)),
    })
    screen?.clear()
    if (values.json) printJson(reportJson(report))
    else for (const line of reportText(report)) printLine(line)
    return isKept(report) ? 0 : 1
  } finally {
    screen?.done()
    release()
  }
})

function shown(screen: Redraw | undefined): Pick<ChaosOptions, 'onStep' | 'onNote'> {
  if (screen) return { onStep: (text) => screen.show([text]), onNote: (text) => screen.persist(text) }
  let last = 0
  const onStep = (text: string) => {
    if (Date.now() - last < stepMs) return
    last = Date.now()
    printLine(text)
  }
  return { onStep, onNote: (text) => printLine(text) }
}

function numberIn(option: string, text: string, { least, most }: { least: number; most: number }): number {
  const number = Number(text)
  if (text.trim() !== '' && number >= least && number <= most) return number
  throw new Error(`${option} ${text} is not a number from ${least} to ${most}`)
}
