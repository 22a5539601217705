import { z } from 'zod'
import type { SourceOption, SourceType } from '../lambdas/connectors/manifest.ts'
import { customDomainSchema } from './custom-domain.ts'
import { checkLeftBehind, leftBehind } from './left-behind.ts'
import { checkOptions } from './options-together.ts'
import type { Config, OptionValue } from './settings.ts'
import { checkRoom } from './source-room.ts'
import { sourceTypes } from './source-types.ts'
import { checkSourcesTogether } from './sources-together.ts'

/** The options of every source, whatever its type. */
const commonOptions = {
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,62}$/, 'must be 2 to 63 lower-case letters, digits and hyphens and begin with a letter')
    .describe(
      'Names the source for good: it is part of its URL and of every row. 2 to 63 lower-case letters, digits and hyphens.',
    ),
  label: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .describe('What people call the source. Every row carries it as p_source_label; it may change at any time.'),
}

/** The longest time that the gauge of a source is compared with, in hours. */
const mostHours = 720

/** Options of a source that are none of its type. */
const ownOptions = {
  ...commonOptions,
  noEventsHours: z
    .int()
    .min(0)
    .max(mostHours)
    .optional()
    .describe('Hours without an event after which an alarm rings, 1 to 720; 0 for never. Left out: as alarms says.'),
}

/** Whether a problem leaves the settings valid that take room in the variables of functions. */
const isOfOthers = ({ code, path: [setting] = [] }: z.core.$ZodRawIssue): boolean =>
  setting === undefined ? code === 'unrecognized_keys' : setting !== 'sources' && setting !== 'customDomain'

/** The form of the settings file. Source types and their options come from the connectors' manifests. */
export const settingsSchema: z.ZodType<Config> = z
  .strictObject({
    retentionDays: z
      .int()
      .min(1)
      .max(3650)
      .default(365)
      .describe('Days that rows are kept and can be queried, 1 to 3650. Lowering it deletes older rows.'),
    queryLimitGB: z
      .number()
      .min(0)
      .max(1_000_000)
      .refine(
        (limit) => limit === 0 || limit >= 0.01,
        "must be at least 0.01, Athena's minimum of 10 MB, or 0 for no limit",
      )
      .default(100)
      .describe(
        'Gigabytes that one query in Athena may read before Athena cancels it, from 0.01. 0 means that there is no limit.',
      ),
    delivery: z
      .strictObject({
        windowSeconds: z
          .int()
          .min(0)
          .max(60)
          .default(60)
          .describe(
            'Seconds that events may wait to be written together, 0 to 60. More means fewer, larger files. With 60 the writer runs once a minute, which costs least.',
          ),
      })
      .prefault({})
      .describe('How events get from the queue into the lake.'),
    mergeEverySeconds: z
      .int()
      .min(60)
      .max(1_200)
      .default(600)
      .describe(
        'Seconds between two looks for data files to merge, 60 to 1200. Rows are there once after about two of these times.',
      ),
    previousSecretHours: z
      .int()
      .min(0)
      .max(168)
      .default(24)
      .describe(
        'Hours for which a secret still counts after it was replaced, 0 to 168. 0 means that it stops counting at once.',
      ),
    throttle: z
      .strictObject({
        requestsPerSecond: z
          .int()
          .min(1)
          .max(10_000)
          .default(100)
          .describe('Requests that each webhook route takes in a second, 1 to 10000.'),
        burst: z
          .int()
          .min(1)
          .max(5_000)
          .default(1_000)
          .describe('Requests that each webhook route takes at once, 1 to 5000.'),
      })
      .prefault({})
      .describe('What webhooks take at most, and so what strangers who know a URL can cost.'),
    alarms: z
      .strictObject({
        emails: z
          .array(z.email('must be a mail address'))
          .max(20)
          .default(() => [])
          .describe('Addresses that get a mail when an alarm begins and ends. Each has to confirm the first mail.'),
        noEventsHours: z
          .int()
          .min(0)
          .max(mostHours)
          .default(24)
          .describe('Hours without an event of a source after which an alarm rings, 1 to 720; 0 for never.'),
        setUpGraceHours: z
          .int()
          .min(0)
          .max(mostHours)
          .default(72)
          .describe('Hours in which a new source may have no event, because it is being set up, 0 to 720.'),
        dashboard: z
          .boolean()
          .default(false)
          .describe('Whether the stack has a dashboard in CloudWatch, at $3 a month.'),
      })
      .prefault({})
      .describe('Who is told when something needs a person.'),
    customDomain: customDomainSchema
      .optional()
      .describe(
        "A domain name of yours for the URLs. Left out, they have API Gateway's own, which a new stack changes.",
      ),
    ...leftBehind,
    sources: z
      .array(z.discriminatedUnion('type', sourceSchemas()).transform(splitOptions))
      .min(1)
      // Checked even after problems of single sources, so that all are reported at once.
      .superRefine(checkSourcesTogether(z.looseObject(commonOptions)), { when: () => true })
      .superRefine(checkOptions, { when: ({ issues }) => issues.length === 0 })
      .describe('Where audit logs come from: one entry for each source.'),
  })
  .superRefine(checkRoom, { when: ({ issues }) => issues.every(isOfOthers) })
  .superRefine(checkLeftBehind, { when: ({ issues }) => !issues.some(preventsComparison) })
  .describe('Settings of AuditLake.')

/** Whether a problem leaves no sources, or no map of secrets, to compare. An unknown key beside them does not. */
function preventsComparison({ path: [first, ...more] = [], code }: z.core.$ZodRawIssue): boolean {
  if (first === undefined) return code !== 'unrecognized_keys'
  return first === 'sources' || (first === 'secretArns' && more.length === 0)
}

function sourceSchemas() {
  const [first, ...rest] = [...sourceTypes].map(([type, facts]) => sourceSchema(type, facts))
  if (first === undefined) throw new Error('no connector declares a source type')
  return [first, ...rest] as const
}

function sourceSchema(type: string, facts: SourceType) {
  return z
    .strictObject({
      ...optionSchemas(facts.options),
      ...ownOptions,
      type: z.literal(type).describe(facts.description),
    })
    .describe(`${facts.description} ${facts.docs}`)
}

function optionSchemas(options: Readonly<Record<string, SourceOption>>) {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, optionSchema(option)]))
}

/** The form of an option's value. An option without a default is required unless it is optional. */
function optionSchema(option: SourceOption): z.ZodType<OptionValue | undefined> {
  const schema = valueSchema(option)
  const isOptional = option.kind === 'group' || (option.kind === 'text' && option.optional === true)
  return (isOptional ? schema.optional() : schema).describe(option.description)
}

function valueSchema(option: SourceOption): z.ZodType<OptionValue> {
  switch (option.kind) {
    case 'text':
      return withDefault(textSchema(option.pattern, option.patternHint), option.default)
    case 'texts':
      return z
        .array(textSchema(option.pattern, option.patternHint))
        .max(option.max)
        .default(() => [...(option.default ?? [])])
    case 'choice':
      return withDefault(z.enum(option.values), option.default)
    case 'integer':
      return withDefault(z.int().min(option.min).max(option.max), option.default)
    case 'digits': {
      const hint = `must be ${option.patternHint}`
      // YAML's numbers lose digits beyond 2^53.
      const isWhole = (value: number) => Number.isSafeInteger(value) && value > 0
      return z.union([z.number().refine(isWhole, hint), z.string().regex(/^[1-9]\d*$/, hint)]).transform(String)
    }
    case 'group':
      return z.strictObject(optionSchemas(option.options))
  }
}

function textSchema(pattern: string | undefined, hint: string | undefined): z.ZodType<string> {
  if (pattern === undefined) return z.string().min(1)
  return z.string().regex(new RegExp(pattern), `must be ${hint ?? `text of the form ${pattern}`}`)
}

function withDefault<T extends string | number>(schema: z.ZodType<T>, value: T | undefined): z.ZodType<T> {
  return value === undefined ? schema : schema.default(() => value)
}

function splitOptions<T extends { id: string; type: string; label: string; noEventsHours?: number | undefined }>(
  source: T,
) {
  const { id, type, label, noEventsHours, ...options } = source
  return { id, type, label, ...(noEventsHours !== undefined && { noEventsHours }), options }
}
