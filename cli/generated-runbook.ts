import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AlarmKind, alarmPlan } from '../settings/alarm-plan.ts'
import { block, withBlock } from './generated-block.ts'

/** The page that explains the alarms, from the project's root. */
export const runbookPage = 'docs/runbook.md'

/** The runbook with the list of alarms; its other text is kept. */
export const renderRunbook = (root: string): string =>
  withBlock(
    readFileSync(join(root, runbookPage), 'utf8'),
    block('alarms', 'settings/alarm-plan.ts', alarmTable()),
    runbookPage,
  )

const inWords: Readonly<Record<AlarmKind['of'], string>> = {
  source: 'each source',
  queue: 'each queue',
  function: 'each function',
  stack: 'the stack',
}

const statistics: Readonly<Record<AlarmKind['statistic'], string>> = {
  Sum: 'sum',
  Maximum: 'maximum',
  Minimum: 'minimum',
  SampleCount: 'measurements',
}

const periods: Readonly<Record<number, string>> = {
  300: 'five minutes',
  900: 'a quarter of an hour',
  3600: 'an hour',
  86400: 'a day',
}

function alarmTable(): string[] {
  const rows = Object.entries(alarmPlan).map(([id, kind]) => {
    const { heading, of, namespace, metric, statistic, compare, threshold, period, ringsWithoutData } = kind
    const value = threshold === undefined ? '`noEventsHours`' : threshold.toLocaleString('en-US')
    return [
      `[${heading}](#${id})`,
      inWords[of],
      `\`${metric.name}\` of \`${namespace}\``,
      `${statistics[statistic]} ${compare} ${value}`,
      periods[period] ?? `${period} s`,
      ringsWithoutData ? 'yes' : 'no',
    ]
  })
  const head = ['alarm', 'one for', 'metric', 'rings when', 'over', 'rings without data']
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}
