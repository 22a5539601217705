import type { Field, KeyPart, LogSchema, Path, ValueType } from '../definition.ts'
import { glueType } from '../glue-type.ts'
import { standardColumns } from '../standard-columns.ts'
import { partitionKey, tableColumns } from '../table-columns.ts'
import { type View, viewsOf } from '../views.ts'
import type { LogSchemaFile } from './load.ts'
import { code, table } from './markdown.ts'
import { isOwnTable } from './schema-rules.ts'

/** The page that describes every table to analysts. */
export function renderTableDocs(sources: readonly LogSchemaFile[]): string {
  const own = sources.filter(({ schema }) => isOwnTable(schema))
  const ofProviders = sources.filter((source) => !own.includes(source))
  const views = viewsOf(sources.map(({ schema }) => schema))
  return [
    '<!-- Generated from schemas/ by npm run generate; do not edit. -->',
    '# Tables',
    '',
    "One table for each log type, and the pipeline's own tables. How rows are made: [architecture](architecture.md#rows).",
    '',
    ...table(['table', 'log type', 'columns'], [...ofProviders, ...own].map(contentsLine)),
    ...views.map(({ name, description }) => `View [${name}](#${name}): ${description}.\n`),
    '## How to read the lists',
    '',
    '- Columns have the names that the provider uses, in lower case; a leading `@` is written `at_sign_`.',
    '- Types are those of Athena. `a.b` is member `b` of the struct `a`; `a[].b` is that member in each element of the list `a`.',
    "- `string (JSON)` holds JSON, as in `json_extract_scalar(sender, '$.login')`, or a plain string without quotes, as in",
    "  `repo = 'acme/site'`.",
    '- *Indicator* says what a value identifies. It feeds the `p_any_…` columns, which hold the value whatever its column.',
    '- Any column but the first eight can be null. Members without a column are in `p_unmapped`.',
    '- Identity names the members that make `p_row_id`, in the order of trying; if none is complete, the whole event does.',
    `- \`${partitionKey.column}\` (\`${glueType(partitionKey.value)}\`) divides every table: ${partitionKey.description}. Filter by it, and a query reads those days only.`,
    '',
    '## Columns of every table',
    '',
    ...table(
      ['column', 'type', 'meaning'],
      standardColumns.map(({ column, value, description }) => [code(column), typeName(value), description]),
    ),
    ...[...ofProviders, ...own].flatMap(tableSection),
    ...views.flatMap(viewSection),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}

function viewSection({ name, description, columns }: View): string[] {
  return [
    `## ${name}`,
    '',
    `A view. ${description}.`,
    '',
    ...table(
      ['column', 'type', 'meaning'],
      columns.map(({ column, value, description: meaning = '' }) => [code(column), typeName(value), meaning]),
    ),
  ]
}

function contentsLine({ schema }: LogSchemaFile): string[] {
  const logType = isOwnTable(schema) ? 'of the pipeline itself' : schema.logType
  return [`[${schema.table}](#${schema.table})`, logType, String(tableColumns(schema).length - standardColumns.length)]
}

function tableSection({ file, schema }: LogSchemaFile): string[] {
  const { attributes, fields, reference } = schema
  return [
    `## ${schema.table}`,
    '',
    schema.description ?? '',
    '',
    ...(isOwnTable(schema) ? [] : [`- Log type: ${schema.logType}`]),
    `- Schema: [${file}](../${file}), version ${schema.version}`,
    ...(reference === undefined ? [] : [`- The provider's page: <${reference}>`]),
    `- Event time: ${eventTimeText(schema)}`,
    `- Identity: ${identityText(schema)}`,
    ...unsignedLines(schema),
    '',
    ...table(
      ['column', 'type', 'meaning', 'indicator'],
      [
        ...attributes.map(({ column, description = '' }) => [code(column), 'string', description, '']),
        ...fields.flatMap((field) => fieldLines(field, '')),
      ],
    ),
  ]
}

/** What a signature over the body leaves open: whoever has seen a signed request can send its body with other headers. */
function unsignedLines({ attributes }: LogSchema): string[] {
  if (attributes.length === 0) return []
  const columns = attributes.map(({ column }) => code(column)).join(', ')
  return [
    `- Not signed: ${columns} come from headers.`,
    '  A replay of a signed body can change them, and `p_row_id` with them; `p_parse_time`, and the time of receipt as',
    "  `p_event_time`, are its own. It takes no other event's `p_row_id`, and all columns of the body are as signed.",
  ]
}

/** The members that say when an event happened, in the order of trying. */
export function eventTimeText({ eventTime }: LogSchema): string {
  return [...eventTime.map(pathName), 'the time of receipt'].join(', else ')
}

/** The members that make `p_row_id`, in the order of trying. */
export function identityText({ key }: LogSchema): string {
  return key.map((parts) => parts.map(keyPart).join(' + ')).join('; else ')
}

function fieldLines(field: Field, prefix: string): string[][] {
  const value = field.type === 'array' ? field.element : field
  const path = `${prefix}${field.column}`
  const inside = field.type === 'array' ? `${path}[].` : `${path}.`
  const own = 'indicators' in value ? (value.indicators ?? []) : []
  const ofMembers = 'memberIndicators' in value ? Object.entries(value.memberIndicators ?? {}) : []
  const indicators = [...own, ...ofMembers.map(([member, some]) => `${some.join(', ')} of ${code(member)}`)]
  return [
    [code(path), typeName(field), field.description ?? '', indicators.join(', ')],
    ...('fields' in value ? value.fields.flatMap((member) => fieldLines(member, inside)) : []),
  ]
}

function typeName(value: ValueType): string {
  if (value.type === 'json') return 'string (JSON)'
  if (value.type === 'object') return 'struct'
  return value.type === 'array' ? `list of ${typeName(value.element)}` : glueType(value)
}

function keyPart(part: KeyPart): string {
  switch (part.part) {
    case 'source':
      return 'source id'
    case 'canonical':
      return 'hash of the canonical event'
    case 'attribute':
      return code(part.column)
    case 'day':
      return `UTC day of ${pathName(part.path)}`
    case 'hash':
      return `hash of ${pathName(part.path)}`
    case 'member':
      return part.anyOf.map(pathName).join(' or ')
  }
}

const pathName = (path: Path): string => code(path.join('.'))
