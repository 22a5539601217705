import { z } from 'zod'
import { feedsOf } from '../../lambdas/connectors/feeds.ts'
import { listAll } from '../../lambdas/core/aws/list-all.ts'
import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import { dataFile } from '../../lambdas/core/lake/merge/data-file.ts'
import { dataPrefix, dayMs, dayOf, listsPrefix, partitionOfList } from '../../lambdas/core/lake/partition.ts'
import type { TablePorts } from '../../lambdas/core/lake/read-table.ts'
import { type FeedFacts, readFeeds } from '../../lambdas/core/standing/feeds.ts'
import type { Plain } from '../../local/query/query-value.ts'
import { tableSchemas } from '../../schemas/generated/index.ts'
import type { Run, RunLane, Runs } from '../api.ts'
import { costOf, objectsOf, optionalText, textIn, timeIn } from './ask.ts'
import { timestampSql } from './timestamp-sql.ts'
import { cached, type World } from './world.ts'

export const runsForm = z.object({ hours: z.coerce.number().int().min(1).max(168).default(24) })

const hourMs = 3_600_000

/** Most rows of `collection_runs` that are shown; older ones are left out. */
const mostRuns = 10_000

/** The source that the lanes of merges name, one for each table. */
const mergesName = 'merges'

/** How long what Athena says is kept, in milliseconds. */
const keepMs = { local: 0, aws: 120_000 }

/** Windows that end so shortly before the next one leave nothing out, in milliseconds. */
const smallestGap = 1_000

/** Answers by the hours that were asked for. */
export function runsOf(world: World): (hours: number) => Promise<Runs> {
  const byHours = new Map<number, () => Promise<Runs>>()
  return (hours) => {
    const known = byHours.get(hours) ?? cached(keepMs[world.place().kind], () => readRuns(world, hours))
    byHours.set(hours, known)
    return known()
  }
}

async function readRuns(world: World, hours: number): Promise<Runs> {
  const { ops, lake, facts, now } = await world.open()
  const to = now()
  const asked = to - hours * hourMs
  const answer = await world.ask(runsSql(asked))
  const rows = objectsOf(answer).map((row) => ({
    source: textIn(row.source),
    stream: textIn(row.stream),
    run: runOf(row),
  }))
  const isCut = answer.total > rows.length || rows.length === mostRuns
  const from = isCut ? Math.max(asked, rows.at(-1)?.run.startedAt ?? asked) : asked
  const feeds = await readFeeds({ facts, ops, now }, feedsOf)
  const merges = await mergesSince(lake, from)
  const lanes = Map.groupBy(rows, ({ source, stream }) => JSON.stringify([source, stream]))
  for (const { source, stream } of feeds) {
    const key = JSON.stringify([source, stream])
    if (stream !== undefined && !lanes.has(key)) lanes.set(key, [])
  }
  const ofStreams = [...lanes].map(([key, ofLane]): RunLane => {
    const [source = '', stream = ''] = JSON.parse(key) as string[]
    const runs = ofLane.map(({ run }) => run).sort((a, b) => a.startedAt - b.startedAt)
    const feed = feeds.find((one) => one.source === source && one.stream === stream)
    return { source, stream, runs, gaps: gapsOf(runs, feed, summedFrom(to)) }
  })
  ofStreams.sort((a, b) => (`${a.source} ${a.stream}` < `${b.source} ${b.stream}` ? -1 : 1))
  return { from, to, lanes: [...ofStreams, ...merges], ...costOf(answer) }
}

/** A row of a run lies under the day on which it began. A row that was written twice is one. */
function runsSql(from: number): string {
  const times = ['started_at', 'ended_at', 'window_from', 'window_to'].map(
    (column) => `to_unixtime(${column}) AS ${column}`,
  )
  return `SELECT DISTINCT p_source_id AS source, substr(stream, 1, 200) AS stream, kind, outcome, substr(detail, 1, 2000) AS detail,
  ${times.join(', ')}, fetched, new AS published
FROM "collection_runs"
WHERE dt >= ${quotedText(dayOf(from - dayMs))} AND ended_at >= ${timestampSql(from)}
ORDER BY started_at DESC
LIMIT ${mostRuns}`
}

function runOf(row: Readonly<Record<string, Plain>>): Run {
  const detail = optionalText(row.detail)
  const { window_from: from, window_to: to, fetched, published } = row
  const kind = textIn(row.kind)
  // The window of a listing is the time that it took, and says nothing of the times of events.
  const hasWindow = kind !== 'listing' && from !== null && to !== null
  return {
    kind,
    startedAt: timeIn(row.started_at),
    endedAt: timeIn(row.ended_at),
    outcome: textIn(row.outcome),
    ...(detail !== undefined && { detail }),
    ...(hasWindow && { window: { from: timeIn(from), to: timeIn(to) } }),
    ...(fetched !== null && { fetched: Number(fetched) }),
    ...(published !== null && { published: Number(published) }),
  }
}

interface Span {
  readonly from: number
  readonly to: number
}

/** From when on the runs that found nothing may not have their row yet, which is written when their hour is over. */
const summedFrom = (now: number): number => Math.floor((now - 600_000) / hourMs) * hourMs - 900_000

/** Kinds of runs that follow each other through time. Jobs read any time, so their windows close gaps and open none. */
const following: ReadonlySet<string> = new Set(['run', 'idle', 'sweep'])

/**
 * What lies between the windows that runs have read to their ends, and what the state of the stream still holds open.
 * What a run before the first one shown has read is not known here, so nothing before its window is a gap, and a job
 * far from them is beside none.
 * @param summed from when on a hole counts only beyond the checkpoint, because rows of runs may be missing; never by
 *   default
 */
export function gapsOf(
  runs: readonly Run[],
  feed?: Pick<FeedFacts, 'window' | 'backlogs' | 'checkpoint'>,
  summed = Number.POSITIVE_INFINITY,
): Span[] {
  const done = runs.flatMap(({ kind, outcome, window }) =>
    outcome === 'done' && window ? [{ ...window, follows: following.has(kind) }] : [],
  )
  const begins = done.filter(({ follows }) => follows).map(({ from }) => from)
  const [first, last] = [Math.min(...begins), Math.max(...begins)]
  const read = done.filter(({ from, to }) => from <= last && to >= first)
  const { checkpoint = 0 } = feed ?? {}
  const holes: Span[] = []
  let until: number | undefined
  for (const { from, to } of read.sort((a, b) => a.from - b.from)) {
    const isRead = from >= summed && from <= checkpoint
    if (until !== undefined && from - until > smallestGap && !isRead) holes.push({ from: until, to: from })
    until = Math.max(until ?? to, to)
  }
  const open = [...(feed?.backlogs ?? []), ...(feed?.window ? [feed.window] : [])]
  return together([...holes, ...open.map(({ from, to }) => ({ from, to }))])
}

/** Spans in their order, with those that overlap as one. */
function together(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && span.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) }
    else joined.push(span)
  }
  return joined
}

/**
 * The merged files that are still there, a lane for each table: a file that was merged again is gone. Costs no query.
 */
async function mergesSince({ lists }: TablePorts, from: number): Promise<RunLane[]> {
  const lanes = await inParallel(tableSchemas, async ({ table }): Promise<RunLane> => {
    const runs: Run[] = []
    for await (const { key, writtenAt } of listAll(lists, listsPrefix(table))) {
      const partition = partitionOfList(key)
      // A merge writes the list of its day.
      if (!partition || writtenAt < from) continue
      for await (const file of listAll(lists, `${dataPrefix(partition)}merged-`)) {
        if (file.writtenAt < from || !dataFile(file.key).isMerged) continue
        const detail = `the day ${partition.dt}, a file of ${(file.size / 1e6).toFixed(1)} MB`
        runs.push({ kind: 'merge', startedAt: file.writtenAt, endedAt: file.writtenAt, outcome: 'done', detail })
      }
    }
    return { source: mergesName, stream: table, runs: runs.sort((a, b) => a.startedAt - b.startedAt), gaps: [] }
  })
  return lanes.filter(({ runs }) => runs.length > 0)
}
