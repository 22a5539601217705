import { z } from 'zod'
import { quotedText } from '../../lambdas/core/duckdb/sql-text.ts'
import { dayMs, dayOf } from '../../lambdas/core/lake/partition.ts'
import { logSchemas } from '../../schemas/generated/index.ts'
import { standardColumns } from '../../schemas/standard-columns.ts'
import type { EventRow, Events } from '../api.ts'
import { costOf, objectsOf, textIn, timeIn } from './ask.ts'
import { HttpError } from './http-error.ts'
import { timestampSql } from './timestamp-sql.ts'
import type { World } from './world.ts'

export const eventsForm = z.object({
  search: z.string().max(1_000).default(''),
  source: z.string().max(200).default(''),
  days: z.coerce.number().int().min(1).max(90).default(7),
  before: z.string().max(2_000).default(''),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

type Wanted = z.infer<typeof eventsForm>

/** Longest text of a column in the list, in characters. */
const longest = 500

/** Who did what, in the words of the view; the first that is there counts. */
const shown: Readonly<Record<string, string>> = {
  id: 'metadata_uid',
  log: 'metadata_log_name',
  product: 'metadata_product_name',
  source: 'p_source_id',
  operation: 'metadata_event_code',
  status: 'status',
  who: 'coalesce(actor_user_email_addr, actor_user_name, actor_user_uid)',
  address: 'src_endpoint_ip',
  resource: 'coalesce(resources_name, resources_uid)',
}

/** Names and ids in which a part is found. */
const searched = [
  'actor_user_name',
  'actor_user_email_addr',
  'actor_user_uid',
  'user_name',
  'user_email_addr',
  'user_uid',
  'group_name',
  'src_endpoint_ip',
  'resources_name',
  'resources_uid',
  'metadata_event_code',
  'metadata_uid',
]

const indicators = standardColumns.map(({ column }) => column).filter((column) => column.startsWith('p_any_'))

/** The newest rows of all tables, a page of them. @throws {HttpError} when `before` is none of a page */
export async function eventsOf(world: World, wanted: Wanted, signal: AbortSignal): Promise<Events> {
  const { now } = await world.open()
  const answer = await world.ask(eventsSql(wanted, now()), { signal })
  const found = objectsOf(answer).map((row): EventRow => {
    const log = textIn(row.log)
    const rest = { status: row.status, who: row.who, address: row.address, resource: row.resource }
    return {
      id: textIn(row.id),
      table: logSchemas.find(({ logType }) => logType === log)?.table ?? log,
      dt: textIn(row.dt),
      at: timeIn(row.happened),
      product: textIn(row.product),
      source: textIn(row.source),
      operation: textIn(row.operation),
      ...Object.fromEntries(Object.entries(rest).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
    }
  })
  const page = found.slice(0, wanted.limit)
  const last = page.at(-1)
  // An event that came twice is two rows until a merge; the newer one is shown.
  const seen = new Set<string>()
  const unique = page.filter(({ table, id }) => seen.size < seen.add(`${table} ${id}`).size)
  return {
    rows: unique,
    ...(found.length > page.length && last && { next: JSON.stringify([last.at, last.id]) }),
    ...costOf(answer),
  }
}

function eventsSql({ search, source, days, before, limit }: Wanted, now: number): string {
  const firstDay = quotedText(dayOf(now - days * dayMs))
  const columns = Object.entries(shown).map(([name, sql]) => `substr(${sql}, 1, ${longest}) AS "${name}"`)
  const place = before === '' ? undefined : placeIn(before)
  const conditions = [
    `dt >= ${firstDay}`,
    ...(source === '' ? [] : [`p_source_id = ${quotedText(source)}`]),
    ...(place ? [afterPlace(place)] : []),
    ...(search.trim() === '' ? [] : [foundBy(quotedText(search.trim()), firstDay)]),
  ]
  return `SELECT to_unixtime("time") AS happened, dt, ${columns.join(', ')}
FROM all_events
WHERE ${conditions.join('\n  AND ')}
ORDER BY "time" DESC, metadata_uid DESC
LIMIT ${limit + 1}`
}

const placeForm = z.tuple([z.number().int(), z.string()])

function placeIn(before: string): z.infer<typeof placeForm> {
  try {
    return placeForm.parse(JSON.parse(before))
  } catch (cause) {
    throw new HttpError(400, '"before" is not the "next" of a page.', { cause })
  }
}

const afterPlace = ([at, id]: z.infer<typeof placeForm>): string =>
  `("time" < ${timestampSql(at)} OR "time" = ${timestampSql(at)} AND metadata_uid < ${quotedText(id)})`

/**
 * A part of a name or id, or a whole indicator, whatever the case of its letters. A line break stands around each
 * indicator, so that one comparison of texts looks through all lists of a row.
 */
function foundBy(text: string, firstDay: string): string {
  const names = searched.map((column) => `coalesce(${column}, '')`).join(' || chr(10) || ')
  const lists = indicators.map((column) => `coalesce(array_join(${column}, chr(10)), '')`).join(' || chr(10) || ')
  const whole = `strpos(lower(chr(10) || ${lists} || chr(10)), lower(chr(10) || ${text} || chr(10))) > 0`
  const ids = logSchemas.map(({ table }) => `SELECT p_row_id FROM "${table}" WHERE dt >= ${firstDay} AND ${whole}`)
  return `(strpos(lower(${names}), lower(${text})) > 0
    OR metadata_uid IN (${ids.join('\n    UNION ALL ')}))`
}
