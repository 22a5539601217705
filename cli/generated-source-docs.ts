import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ConnectorManifest, PollSourceType, SourceOption, SourceType } from '../lambdas/connectors/manifest.ts'
import { eventTimeText, identityText } from '../schemas/compiler/generated-table-docs.ts'
import { code, point } from '../schemas/compiler/markdown.ts'
import type { LogSchema } from '../schemas/definition.ts'
import { streamsOf } from '../settings/source-types.ts'
import { block, withBlock } from './generated-block.ts'
import { setUpLines } from './generated-set-up-docs.ts'

/** Path from the project's root to the page of a provider's sources. */
export const sourcePage = (provider: string): string => `docs/sources/${provider}.md`

/**
 * The page of a provider's sources: how each type is set up, and the facts of all, are made anew between their markers; the
 * prose around them is kept. A provider without a page gets one.
 *
 * @param root The project's root.
 * @throws {Error} when the page lacks markers, or a log type its schema
 */
export function renderSourcePage(
  root: string,
  provider: string,
  { sourceTypes }: ConnectorManifest,
  schemas: readonly LogSchema[],
): string {
  const page = sourcePage(provider)
  const schemaOf = (logType: string): LogSchema => {
    const schema = schemas.find((one) => one.logType === logType)
    if (schema) return schema
    throw new Error(`lambdas/connectors/${provider}/manifest.ts: no file under schemas/ has the log type ${logType}`)
  }
  const types = Object.entries(sourceTypes)
  const setUps = types.map(([name, type]) => ({
    name,
    block: block(`set-up of ${name}`, `lambdas/connectors/${provider}/`, setUpLines(type)),
  }))
  const facts = block(
    'facts',
    `lambdas/connectors/${provider}/manifest.ts and schemas/`,
    types.flatMap(([name, type]) => sourceTypeLines(name, type, schemaOf)),
  )
  const file = join(root, page)
  if (!existsSync(file)) {
    const chapters = setUps.map(({ name, block: { text } }) => `## Setting up ${code(name)}\n\n${text}\n\n`)
    return `# ${titleOf(sourceTypes, provider)}\n\n${chapters.join('')}## Options and limits\n\n${facts.text}\n`
  }
  const blocks = [...setUps.map((one) => one.block), facts]
  return blocks.reduce((text, one) => withBlock(text, one, page), readFileSync(file, 'utf8'))
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
    `### ${code(name)}`,
    '',
    type.description,
    '',
    ...comesIn(type),
    ...(type.mode === 'webhook' ? logTypeLines(schemaOf(type.logType)) : []),
    ...(type.mode === 'stream' ? logTypeLines(schemaOf(type.stream.logType)) : []),
    ...point(`The provider's page: <${type.docs}>`),
    '',
    ...optionLines(type.options),
    ...(type.mode === 'poll' ? type.streams.flatMap((stream) => streamLines(stream, schemaOf)) : []),
  ]
}

function comesIn(type: SourceType): string[] {
  switch (type.mode) {
    case 'webhook':
      return [
        `- Comes in: the provider sends the events to ${code(`POST /${type.path}/<source id>`)}`,
        "- Secret: made by the stack, whose outputs name it; the provider's webhook gets its value",
      ]
    case 'poll':
      return ['- Comes in: fetched every minute ([how a run works](../polling.md))']
    case 'stream':
      return [
        type.store === 's3'
          ? '- Comes in: the provider writes objects into a bucket, which are read as soon as S3 announces them'
          : '- Comes in: the provider writes objects into a bucket, which is listed every minute',
      ]
  }
}

const logTypeLines = (schema: LogSchema): string[] => [
  `- Log type: ${schema.logType}; table and columns: [${schema.table}](../tables.md#${schema.table})`,
  `- Event time: ${eventTimeText(schema)}`,
  `- Natural key: ${identityText(schema)}`,
]

const orderLines = ({ order, lagSeconds, lookBackSeconds }: PollSourceType['streams'][number]): string[] =>
  order === 'unsorted'
    ? ['- Order of the feed: none is promised; read each minute until nothing is new, and once a UTC day as a whole']
    : [
        `- Order of the feed: ${order.replace('-', ' ')}`,
        `- Lag, read again by every run: ${duration(lagSeconds)}`,
        `- Look-back, read again every ten minutes: ${duration(lookBackSeconds)}`,
      ]

const streamLines = (stream: PollSourceType['streams'][number], schemaOf: SchemaOf): string[] => [
  `#### Stream ${code(stream.id)}`,
  '',
  ...logTypeLines(schemaOf(stream.logType)),
  ...orderLines(stream),
  `- Page size: ${number(stream.pageSize)} events`,
  `- Limit: ${number(stream.requestsPerHour)} requests an hour, counted by the provider over ${duration(stream.limitPeriodSeconds)}`,
  '',
]

function optionLines(options: Readonly<Record<string, SourceOption>>): string[] {
  const points = optionPoints(options)
  const common = 'Options beside `id`, `type` and `label`'
  return points.length === 0 ? [`${common}: none.`, ''] : [`${common}:`, '', ...points, '']
}

/** A group is followed by its options, named as `group.option`. */
const optionPoints = (options: Readonly<Record<string, SourceOption>>, before = ''): string[] =>
  Object.entries(options).flatMap(([name, option]) => [
    ...point(`${code(before + name)} (${defaultOf(option)}): ${option.description} Takes ${allowedForm(option)}.`),
    ...(option.kind === 'group' ? optionPoints(option.options, `${before}${name}.`) : []),
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
  if (option.kind === 'group') return 'optional'
  if (option.kind === 'digits') return 'required'
  if (option.kind === 'texts') return option.default ? `default ${option.default.map(code).join(', ')}` : 'optional'
  if (option.default !== undefined) return `default ${code(String(option.default))}`
  return option.kind === 'text' && option.optional ? 'optional' : 'required'
}

const number = (count: number): string => count.toLocaleString('en-US')

const duration = (seconds: number): string =>
  seconds % 60 === 0 ? count(seconds / 60, 'minute') : count(seconds, 'second')

const count = (amount: number, unit: string): string => `${number(amount)} ${unit}${amount === 1 ? '' : 's'}`
