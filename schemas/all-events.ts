import { allEventsColumns } from './all-events-columns.ts'
import type { LogSchema } from './definition.ts'
import { globPattern, isLiteral } from './glob.ts'
import {
  anyAction,
  byVerb,
  type ClassRule,
  type Condition,
  type EventColumn,
  eventColumns,
  type Globs,
  type MemberSource,
  type OcsfMapping,
  type ResourceSource,
  statusIds,
  type TextSource,
  typeUid,
  verbs,
} from './ocsf.ts'
import { partitionKey } from './table-columns.ts'

/**
 * The query of the view `all_events`: the rows of all these tables in the columns of `allEventsColumns`, in SQL for
 * both Athena and DuckDB. A log type without a mapping joins with what every table has.
 */
export function allEventsSql(schemas: readonly LogSchema[]): string {
  const tables = schemas.map(eventsOf).join('\nUNION ALL\n')
  const columns = allEventsColumns.map(({ column, value, over }) => {
    // As it is, so that a bound on it reaches the tables: Athena then reads those days only.
    if (column === partitionKey.column) return `"${column}"`
    if (value.type === 'timestamp') return `"${column}"`
    return `CAST(${over ?? `"${column}"`} AS ${value.type === 'int' ? 'integer' : 'varchar'}) AS "${column}"`
  })
  return `SELECT\n  ${columns.join(',\n  ')}\nFROM (\n${tables}\n) AS events`
}

/** The rows of one table. The class is found in an outer query, because it goes by the operation. */
function eventsOf(schema: LogSchema): string {
  const { logType, table, ocsf } = schema
  const [product = logType] = logType.split('.')
  const columns = {
    time: 'e."p_event_time"',
    [partitionKey.column]: `e."${partitionKey.column}"`,
    metadata_product_name: `'${product}'`,
    metadata_log_name: `'${logType}'`,
    metadata_uid: 'e."p_row_id"',
    p_source_id: 'e."p_source_id"',
    ...mappedColumns(ocsf ?? nothingKnown, logType),
  }
  const list = Object.entries(columns).map(([column, sql]) => `${sql} AS "${column}"`)
  return `SELECT s.*, ${typeUidSql(ocsf?.classes ?? [])} AS type_uid
FROM (SELECT ${list.join(', ')} FROM "${table}" AS e) AS s`
}

const nothingKnown: OcsfMapping = {
  operation: [],
  columns: {},
  actorType: [],
  status: [{ is: 'Unknown', when: [] }],
  resources: [],
  classes: [],
}

function mappedColumns(mapping: OcsfMapping, logType: string): Readonly<Record<string, string>> {
  const status = mapping.status.map(({ is, when }) => ({ sql: String(statusIds[is]), when }))
  const actorType = mapping.actorType.map(({ is, when }) => ({ sql: `'${is}'`, when }))
  return {
    metadata_event_code: operationSql(mapping, logType),
    ...Object.fromEntries(eventColumns.map((column) => [column, eventColumn(column, mapping.columns[column] ?? [])])),
    actor_user_type: casesSql(actorType, nullText),
    status_id: casesSql(status, String(statusIds.Success)),
    ...resourceColumns(mapping.resources),
  }
}

/** Some providers write 0 for an actor that they do not know. */
function eventColumn(column: EventColumn, sources: readonly TextSource[]): string {
  const isId = column === 'actor_user_uid' || column === 'user_uid'
  return isId && sources.length > 0 ? `nullif(${firstOf(sources)}, '0')` : firstOf(sources)
}

/** A type of its own, because all tables may lack the column. */
const nullText = 'CAST(NULL AS varchar)'

function operationSql({ operation }: OcsfMapping, logType: string): string {
  const [first, ...rest] = operation.map(textOf)
  if (first === undefined) return `'${logType}'`
  const joined = [first, ...rest.map((part) => `coalesce('.' || ${part}, '')`)].join(' || ')
  return `coalesce(${joined}, '${logType}')`
}

/** The text of a member; null where it is empty. */
function textOf({ steps, is, inside }: MemberSource): string {
  const place = steps.reduce((outer, { column, firstOf: isFirst }) => {
    const inner = `${outer}."${column}"`
    return isFirst ? `element_at(${inner}, 1)` : inner
  }, 'e')
  if (is === 'other') return `CAST(${place} AS varchar)`
  if (is === 'text') return `nullif(${place}, '')`
  if (inside.length > 0) return `nullif(json_extract_scalar(${place}, '$.${inside.join('.')}'), '')`
  // A string is held without quotes, but rows that were written before had them.
  return `nullif(coalesce(json_extract_scalar(${place}, '$'), ${place}), '')`
}

function firstOf(sources: readonly TextSource[]): string {
  const texts = sources.map(({ member, when }) =>
    when.length === 0 ? textOf(member) : `CASE WHEN ${conditionSql(when)} THEN ${textOf(member)} END`,
  )
  return texts.length === 0 ? nullText : texts.length === 1 ? String(texts[0]) : `coalesce(${texts.join(', ')})`
}

const conditionSql = (when: Condition): string =>
  when.map(({ member, globs }) => matches(textOf(member), globs)).join(' AND ')

function matches(text: string, globs: Globs): string {
  const literals = globs.map((glob) => `'${glob}'`)
  if (!globs.every(isLiteral)) return `regexp_like(${text}, '${globPattern(globs)}')`
  return literals.length === 1 ? `${text} = ${literals[0]}` : `${text} IN (${literals.join(', ')})`
}

/** @param otherwise SQL where no case holds */
function casesSql(cases: readonly { readonly sql: string; readonly when: Condition }[], otherwise: string): string {
  const arms = cases.filter(({ when }) => when.length > 0)
  const last = cases.find(({ when }) => when.length === 0)?.sql ?? otherwise
  const lines = arms.map(({ when, sql }) => `WHEN ${conditionSql(when)} THEN ${sql}`)
  return lines.length === 0 ? last : `CASE ${lines.join(' ')} ELSE ${last} END`
}

/** Type, name and id are those of one and the same resource. */
function resourceColumns(resources: readonly ResourceSource[]): Readonly<Record<string, string>> {
  const pick = (sql: (resource: ResourceSource) => string): string => {
    if (resources.length === 0) return nullText
    const arms = resources.map(
      (resource) => `WHEN ${firstOf([...resource.name, ...resource.uid])} IS NOT NULL THEN ${sql(resource)}`,
    )
    return `CASE ${arms.join(' ')} END`
  }
  return {
    resources_type: pick(({ type }) => (typeof type === 'string' ? `'${type}'` : textOf(type))),
    resources_name: pick(({ name }) => firstOf(name)),
    resources_uid: pick(({ uid }) => firstOf(uid)),
  }
}

/**
 * The class and activity of an operation as a `type_uid`, over rows `s` that have `metadata_event_code`.
 * @param classes in the order of trying
 */
export function typeUidSql(classes: readonly ClassRule[]): string {
  const code = 's."metadata_event_code"'
  const arms = classes.flatMap((rule) =>
    Object.entries(rule.activities).map(([activity, globs]) => {
      const uid = activity === byVerb ? `CASE ${verbArms(rule.class)} END` : typeUid(rule.class, activity)
      return `  WHEN ${matches(code, globs)} THEN ${uid}`
    }),
  )
  return `CASE\n${[...arms, `  ${verbArms(anyAction)}`].join('\n')}\nEND`
}

/** The activity that a verb names; one that the class does not know is an update. */
function verbArms(className: string): string {
  const isAny = className === anyAction
  const arms = Object.entries(verbs).map(([activity, words]) => {
    const named = isAny && (activity === 'Enable' || activity === 'Disable') ? 'Update' : activity
    return `WHEN regexp_like(lower(s."metadata_event_code"), '(^|[._])(${words.join('|')})([._]|$)') THEN ${typeUid(className, named)}`
  })
  return `${arms.join(' ')} ELSE ${typeUid(className, isAny ? 'Other' : 'Update')}`
}
