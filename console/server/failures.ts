import { listDeadLetters, mostRead } from '../../cli/status/dead-letters.ts'
import { countOpenFailures } from '../../cli/status/lake-facts.ts'
import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import { dayMs, dayOf } from '../../lambdas/core/lake/partition.ts'
import type { ListedObject, StoreReader } from '../../lambdas/core/ports.ts'
import { archivedLetter } from '../../lambdas/core/publish/dead-letters.ts'
import type { Plain } from '../../local/query/query-value.ts'
import type { DeadLetter, Failure, Failures } from '../api.ts'
import { costOf, objectsOf, optionalText, textIn, timeIn } from './ask.ts'
import { filled, spanTo } from './counts.ts'
import { redrivesIn } from './redrive.ts'
import { bytesAsText, longText } from './texts.ts'
import { cached, type World } from './world.ts'

/** How far back open failures are listed, in days; the count has them all. */
const listedDays = 90

const mostFailures = 200

/**
 * Longest content of a failure in the list, in characters; the whole row opens as an event. A multiple of four, for
 * base64.
 */
const longestContent = 2_048

const hourMs = 3_600_000
const weekHours = 168

/** How long what Athena says is kept, in milliseconds; what S3 says is read each time. */
const keepMs = { local: 0, aws: 300_000 }

export function failuresOf(world: World): () => Promise<Failures> {
  const letters = new DeadLetters()
  const inLake = cached(keepMs[world.place().kind], () => failuresInLake(world))
  return async () => {
    const { ops, lake } = await world.open()
    const [listed, open, dead, redrives] = await Promise.all([
      inLake(),
      countOpenFailures(lake),
      letters.newest(ops),
      redrivesIn(ops),
    ])
    return {
      ...listed,
      openFailures: [...open.values()].reduce((sum, count) => sum + count, 0),
      deadLetters: dead.letters,
      deadLetterTotal: dead.total,
      redrives,
    }
  }
}

async function failuresInLake(world: World): Promise<Pick<Failures, 'failures' | 'history' | 'scannedBytes'>> {
  const now = (await world.open()).now()
  const week = spanTo(now, hourMs, weekHours)
  const [open, counted] = await Promise.all([
    world.ask(openSql(now)),
    world.ask(
      `SELECT reason, to_unixtime(span) AS began, count(*) AS n FROM (
  SELECT substr(coalesce(reason, ''), 1, 200) AS reason, date_trunc('hour', p_parse_time) AS span, p_row_id FROM "classification_failures"
  WHERE dt >= ${quotedText(dayOf(week.from))} AND resolves IS NULL GROUP BY 1, 2, 3
) AS received GROUP BY reason, span`,
    ),
  ])
  const rows = objectsOf(counted).map(({ reason, began, n }) => ({
    reason: textIn(reason),
    at: timeIn(began),
    n: Number(n),
  }))
  const byReason = [...Map.groupBy(rows, ({ reason }) => reason)].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    failures: objectsOf(open).map(failureOf),
    history: byReason.map(([reason, ofReason]) => ({ reason, counts: filled(week, ofReason) })),
    ...costOf(open, counted),
  }
}

/** A failure that was written twice is one. */
const openSql = (
  now: number,
): string => `SELECT DISTINCT to_unixtime(p_parse_time) AS received_at, dt, p_row_id AS id, p_source_id AS source,
  log_type, reason, substr(detail, 1, 2000) AS detail, raw_encoding, raw_bytes, substr(raw, 1, ${longestContent}) AS raw
FROM open_failures WHERE dt >= ${quotedText(dayOf(now - listedDays * dayMs))}
ORDER BY received_at DESC, id LIMIT ${mostFailures}`

function failureOf(row: Readonly<Record<string, Plain>>): Failure {
  const { raw_encoding: encoding, raw_bytes: bytes } = row
  const raw = textIn(row.raw)
  const content = encoding === 'base64' ? bytesAsText(Buffer.from(raw, 'base64')) : raw
  const detail = optionalText(row.detail)
  const whole = Number(bytes ?? 0)
  return {
    id: textIn(row.id),
    dt: textIn(row.dt),
    receivedAt: timeIn(row.received_at),
    source: textIn(row.source),
    logType: textIn(row.log_type),
    reason: textIn(row.reason),
    ...(detail !== undefined && { detail }),
    content: {
      ...longText(content, longestContent * 4),
      bytes: whole,
      isCut:
        raw.length >= longestContent && whole > (encoding === 'base64' ? (raw.length / 4) * 3 : Buffer.byteLength(raw)),
    },
  }
}

/** The archived dead letters; each is read once, because it never changes. */
class DeadLetters {
  #read = new Map<string, DeadLetter>()

  async newest(ops: StoreReader): Promise<{ readonly letters: DeadLetter[]; readonly total: number }> {
    const listed = await listDeadLetters(ops)
    const newest = listed.slice(-mostRead).reverse()
    const letters = await inParallel(newest, async (one) => this.#read.get(one.key) ?? (await readLetter(ops, one)))
    const there = letters.filter((letter) => letter !== undefined)
    this.#read = new Map(there.map((letter) => [letter.key, letter]))
    return { letters: there, total: listed.length }
  }
}

/** @returns `undefined` when it was sent back meanwhile */
async function readLetter(ops: StoreReader, { key, size, writtenAt }: ListedObject): Promise<DeadLetter | undefined> {
  const stored = await ops.get(key)
  if (!stored) return undefined
  const { source, queue, reason, archivedAt = writtenAt } = archivedLetter(stored.body) ?? {}
  return { key, archivedAt, source, queue, reason, bytes: size }
}
