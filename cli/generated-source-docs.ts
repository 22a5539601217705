import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  ConnectorManifest,
  PollSourceType,
  SourceOption,
  SourceType,
  StreamSourceType,
  WebhookSourceType,
} from '../lambdas/connectors/manifest.ts'
import { eventTimeText, identityText } from '../schemas/compiler/generated-table-docs.ts'
import { code, table } from '../schemas/compiler/markdown.ts'
import type { LogSchema } from '../schemas/definition.ts'
import { credentialText } from '../settings/credential-text.ts'
import { streamsOf } from '../settings/source-types.ts'

/** Path from the project's root to the page of a provider's sources. */
export const sourcePage = (provider: string): string => `docs/sources/${provider}.md`

/**
 * The page of a provider's sources: its facts are made anew between their markers, the prose around them is kept. A
 * provider without a page gets one.
 *
 * @param root The project's root.
 * @throws {Error} when the page lacks the markers, or a log type its schema
 */
export function renderSourcePage(
  root: string,
  provider: string,
  { sourceTypes }: ConnectorManifest,
  schemas: readonly LogSchema[],
): string {
  const page = sourcePage(provider)
  const begin = `<!-- facts: generated from lambdas/connectors/${provider}/manifest.ts and schemas/ by npm run generate -->`
  const end = '<!-- end of facts -->'
  const schemaOf = (logType: string): LogSchema => {
    const schema = schemas.find((one) => one.logType === logType)
    if (schema) return schema
    throw new Error(`lambdas/connectors/${provider}/manifest.ts: no file under schemas/ has the log type ${logType}`)
  }
  const facts = Object.entries(sourceTypes).flatMap(([name, type]) => sourceTypeLines(name, type, schemaOf))
  const text = [begin, '', ...facts, end].join('\n')
  const file = join(root, page)
  if (!existsSync(file)) return `# ${titleOf(sourceTypes, provider)}\n\n${text}\n`
  const whole = readFileSync(file, 'utf8')
  const from = whole.indexOf('<!-- facts:')
  const to = whole.indexOf(end, from)
  if (from === -1 || to === -1) {
    throw new Error(`${page}: lacks the markers of the facts; put "${begin}" and "${end}" where the facts belong`)
  }
  return `${whole.slice(0, from)}${text}${whole.slice(to + end.length)}`
}

/** The provider as its log types write it, such as GitHub. */
function titleOf(sourceTypes: ConnectorManifest['sourceTypes'], provider: string): string {
  const [type] = Object.values(sourceTypes)
  const [stream] = type ? streamsOf(type) : []
  return stream?.logType.split('.')[0] ?? provider
}

type SchemaOf = (logType: string) => LogSchema

function sourceTypeLines(name: string, type: SourceType, schemaOf: SchemaOf): string[] {
  return [
    `## ${code(name)}`,
    '',
    type.description,
    '',
    ...(type.mode === 'webhook' ? webhookLines(type, schemaOf) : []),
    ...(type.mode === 'poll' ? pollLines(type) : []),
    ...(type.mode === 'stream' ? objectLines(type, schemaOf) : []),
    `- The provider's page: <${type.docs}>`,
    '',
    ...optionsTable(type.options),
    ...(type.mode === 'poll' ? type.streams.flatMap((stream) => streamLines(stream, schemaOf)) : []),
  ]
}

const webhookLines = ({ path, logType, recovery }: WebhookSourceType, schemaOf: SchemaOf): string[] => [
  `- Comes in: the provider sends the events to ${code(`POST /${path}/<source id>`)}; the stack's outputs name the URL`,
  "- Secret: made by the stack, whose outputs name it; the provider's webhook gets its value",
  ...(recovery ? [`- What to put into the secret of its recovery: ${credentialText(recovery.setUp.credentials)}`] : []),
  ...logTypeLines(schemaOf(logType)),
]

const pollLines = ({ setUp, oauth }: PollSourceType): string[] => [
  '- Comes in: fetched every minute ([how a run works](../polling.md))',
  `- What to put into the secret that the stack's outputs name: ${credentialText(setUp.credentials)}`,
  ...(oauth
    ? [
        `- Or by consent, with the option \`oauth\` ([how](../oauth.md)): ${oauth.scopes.map(code).join(', ')}, which allows ${oauth.breadth}; [where to register the app](${oauth.appPage})`,
      ]
    : []),
]

const objectLines = ({ setUp, stream, store }: StreamSourceType, schemaOf: SchemaOf): string[] => [
  store === 's3'
    ? '- Comes in: the provider writes objects into a bucket, which are read as soon as S3 announces them'
    : '- Comes in: the provider writes objects into a bucket, which is listed every minute',
  `- What to put into its secret, if it has one: ${credentialText(setUp.credentials)}`,
  ...logTypeLines(schemaOf(stream.logType)),
]

const logTypeLines = (schema: LogSchema): string[] => [
  `- Log type: ${schema.logType}; table and columns: [${schema.table}](../tables.md#${schema.table})`,
  `- Event time: ${eventTimeText(schema)}`,
  `- Natural key: ${identityText(schema)}`,
]

const streamLines = (stream: PollSourceType['streams'][number], schemaOf: SchemaOf): string[] => [
  `### Stream ${code(stream.id)}`,
  '',
  ...logTypeLines(schemaOf(stream.logType)),
  `- Order of the feed: ${stream.order.replace('-', ' ')}`,
  `- Lag, read again by every run: ${duration(stream.lagSeconds)}`,
  `- Look-back, read again every ten minutes: ${duration(stream.lookBackSeconds)}`,
  `- Page size: ${number(stream.pageSize)} events`,
  `- Limit: ${number(stream.requestsPerHour)} requests an hour, counted by the provider over ${duration(stream.limitPeriodSeconds)}`,
  '',
]

function optionsTable(options: Readonly<Record<string, SourceOption>>): string[] {
  const rows = optionRows(options)
  const common = 'Options beside `id`, `type` and `label`'
  return rows.length === 0
    ? [`${common}: none.`, '']
    : [`${common}:`, '', ...table(['option', 'meaning', 'allowed', 'default'], rows)]
}

/** A group is followed by its options, named as `group.option`. */
const optionRows = (options: Readonly<Record<string, SourceOption>>, before = ''): string[][] =>
  Object.entries(options).flatMap(([name, option]) => [
    [code(before + name), option.description, allowedForm(option), defaultOf(option)],
    ...(option.kind === 'group' ? optionRows(option.options, `${before}${name}.`) : []),
  ])

function allowedForm(option: SourceOption): string {
  switch (option.kind) {
    case 'text':
      return option.patternHint ?? (option.pattern === undefined ? 'text' : `text of the form ${code(option.pattern)}`)
    case 'texts':
      return `a list of at most ${option.max}, each ${option.patternHint}`
    case 'choice':
      return option.values.map(code).join(' or ')
    case 'integer':
      return `${option.min} to ${option.max}`
    case 'digits':
      return option.patternHint
    case 'group':
      return 'the options below'
  }
}

function defaultOf(option: SourceOption): string {
  if (option.kind === 'texts') return option.default?.map(code).join(', ') ?? 'empty'
  if (option.kind === 'group') return 'none'
  if (option.kind === 'digits') return 'required'
  if (option.default !== undefined) return code(String(option.default))
  return option.kind === 'text' && option.optional ? 'none' : 'required'
}

const number = (count: number): string => count.toLocaleString('en-US')

const duration = (seconds: number): string =>
  seconds % 60 === 0 ? count(seconds / 60, 'minute') : count(seconds, 'second')

const count = (amount: number, unit: string): string => `${number(amount)} ${unit}${amount === 1 ? '' : 's'}`
