import { isoTime, shortAge } from '../../lambdas/core/time-text.ts'
import { withoutBreaks } from '../../local/screen/one-line.ts'
import { type SourceRow, sourceTable } from '../../local/screen/source-table.ts'
import { standingText } from '../../local/screen/standing-text.ts'
import { wrapped } from '../../local/screen/wrap.ts'
import { counted } from '../counted.ts'
import { openJobText } from '../jobs/text.ts'
import { openRedriveText } from '../redrive/text.ts'
import { alarmMailsText } from './alarm-mails.ts'
import { needsPerson, type SourceStatus, type Status } from './collect.ts'
import { deadLettersText } from './dead-letters.ts'
import { detailLines } from './render-details.ts'

/** How the status is shown to people. */
export interface StatusView {
  /** Columns of the screen; without it, lines are as long as they are. */
  readonly width?: number | undefined
  /** Whether to show every fact of every source as well. */
  readonly all?: boolean
  /** When a run ended whose folder was read, in milliseconds since 1970. */
  readonly leftAt?: number | undefined
}

const titles = ['state', 'last event', 'lag', 'rejected', 'failures', 'dead']

/**
 * The totals, a table of sources and streams, and below it why each of them does not work and what to do. Nothing is
 * cut: what is longer than the screen goes on below.
 */
export function* statusText(status: Status, view: StatusView = {}): Generator<string> {
  const { width = Number.POSITIVE_INFINITY, all = false, leftAt } = view
  const { now, sources, jobs, redrives = [], alarmMails, totals } = status
  if (leftAt !== undefined) {
    const left = `npm start is not running: this is the state as it was left at ${isoTime(leftAt)}. Ages count up to then.`
    yield* wrapped(left, width)
  }
  yield* wrapped(totalsText(totals), width)
  const names = namesOf(sources)
  const rows = sources.map((one, index) => rowOf(one, names[index] ?? '', now))
  if (rows.length > 0) yield* ['', ...sourceTable(titles, rows, width).map(({ text }) => text)]
  const found = sources.flatMap((one, index) => standingLines(one, names[index] ?? '', { now, width }))
  const letters = [...deadLettersText(reasonsOf(sources, totals))].flatMap((line) => wrapped(line, width, '  ', ''))
  const mails = alarmMails ? alarmMailsText(alarmMails).flatMap((line) => wrapped(line, width, '  ', '')) : []
  const open = [...jobs.map(openJobText), ...redrives.map(openRedriveText)]
  const ofJobs = open.flatMap((job) => wrapped(job, width, '  ', ''))
  for (const lines of [[...found, ...letters, ...mails], ofJobs]) if (lines.length > 0) yield* ['', ...lines]
  if (!all) return
  for (const [index, one] of sources.entries()) yield* ['', ...detailLines(one, names[index] ?? '', { now, width })]
}

function totalsText(totals: Status['totals']): string {
  const { needPerson, deadLettersOfUnknownSource: unknown } = totals
  const people =
    needPerson === 0 ? 'none needs a person' : `${needPerson} ${needPerson === 1 ? 'needs' : 'need'} a person`
  const letters = counted(totals.deadLetters, 'dead letter') + (unknown > 0 ? ` (${unknown} of unknown source)` : '')
  return `${counted(totals.sources, 'source')}, ${people}; ${counted(totals.openFailures, 'open failure')}, ${letters}`
}

const reasonsOf = (sources: Status['sources'], { deadLetterReasonsOfUnknownSource }: Status['totals']) => [
  ...sources.map(({ source, deadLetterReasons }) => [source, deadLetterReasons] as const),
  ['of unknown source', deadLetterReasonsOfUnknownSource] as const,
]

/** The source, with the stream where it has several. */
function namesOf(sources: readonly SourceStatus[]): string[] {
  const counts = Map.groupBy(sources, ({ source }) => source)
  return sources.map(({ source, stream }) =>
    stream === undefined || counts.get(source)?.length === 1 ? source : `${source} (${stream})`,
  )
}

function rowOf(status: SourceStatus, name: string, now: number): SourceRow {
  const { feed, standing, lastEventAt, readUntil, rejected } = status
  return {
    name,
    isMarked: needsPerson(status),
    cells: [
      standing.word,
      lastEventAt === undefined ? '-' : `${shortAge(now - lastEventAt)} ago`,
      readUntil === undefined ? '-' : shortAge(now - readUntil),
      feed === 'webhook' ? String(rejected?.count ?? 0) : '-',
      String(status.openFailures),
      String(status.deadLetters),
    ],
  }
}

/** Why a source does not work, or not all of it, and what to do. */
function standingLines(
  { standing: { word, why, remedy }, waitsUntil }: SourceStatus,
  name: string,
  { now, width }: { readonly now: number; readonly width: number },
): string[] {
  if (why === undefined) return []
  const next = waitsUntil === undefined || word === 'working' ? '' : `; next attempt in ${shortAge(waitsUntil - now)}`
  return wrapped(standingText({ source: name, word, why: `${withoutBreaks(why)}${next}`, remedy }), width, '  ', '')
}
