import { feedsOf } from '../../lambdas/connectors/feeds.ts'
import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { dayMs, dayOf } from '../../lambdas/core/lake/partition.ts'
import type { Rates } from '../api.ts'
import { costOf, objectsOf, textIn, timeIn } from './ask.ts'
import { filled, spanTo } from './counts.ts'
import { timestampSql } from './timestamp-sql.ts'
import { cached, type World } from './world.ts'

/** How long counts are kept, in milliseconds: Athena bills each statement. */
const keepMs = { local: 10_000, aws: 600_000 }

const minuteMs = 60_000
const hourMs = 3_600_000

export function ratesOf(world: World): () => Promise<Rates> {
  return cached(keepMs[world.place().kind], async () => {
    const { facts, now: clock } = await world.open()
    const now = clock()
    const feeds = Object.entries(facts.sources).flatMap(([source, { type, ...chosen }]) => {
      const ofSource = feedsOf(type, { type, ...chosen })
      return ofSource.map(({ table, stream }) => ({
        source,
        table,
        ...(ofSource.length > 1 && stream !== undefined && { stream }),
      }))
    })
    const spans = { hour: spanTo(now, minuteMs, 60), day: spanTo(now, hourMs, 24) }
    const tables = [...new Set(feeds.map(({ table }) => table))].sort()
    if (tables.length === 0) return { tables: [] }
    const answer = await world.ask(ratesSql(tables, spans.hour.from, spans.day.from))
    const counted = objectsOf(answer).map(({ held, source, began, n }) => ({
      key: `${held} ${source}`,
      at: timeIn(began),
      n: Number(n),
    }))
    const byFeed = Map.groupBy(counted, ({ key }) => key)
    return {
      tables: feeds.map((feed) => {
        const rows = byFeed.get(`${feed.table} ${textIn(feed.source)}`) ?? []
        return { ...feed, hour: filled(spans.hour, rows), day: filled(spans.day, rows) }
      }),
      ...costOf(answer),
    }
  })
}

/**
 * Events by table, source and time of receipt: minutes of the last hour, hours before. An event of more than two days
 * ago that was received today, as by a backfill, does not count, because its day is not read.
 */
function ratesSql(tables: readonly string[], hourFrom: number, dayFrom: number): string {
  const firstDay = quotedText(dayOf(dayFrom - dayMs))
  const rows = tables.map(
    (table) =>
      `SELECT ${quotedText(table)} AS held, p_source_id AS source, p_parse_time AS received FROM "${table}" WHERE dt >= ${firstDay} AND p_parse_time >= ${timestampSql(dayFrom)}`,
  )
  const span = `CASE WHEN received >= ${timestampSql(hourFrom)} THEN date_trunc('minute', received) ELSE date_trunc('hour', received) END`
  return `SELECT held, source, to_unixtime(span) AS began, count(*) AS n
FROM (SELECT held, source, ${span} AS span FROM (${rows.join('\nUNION ALL ')}) AS received_rows) AS spans
GROUP BY held, source, span`
}
