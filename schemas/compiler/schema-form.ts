import { z } from 'zod'
import { indicators, scalarTypes, timeFormats } from '../definition.ts'
import type { FieldForm, LogSchemaForm } from './definition-form.ts'
import { ocsfForm } from './ocsf-form.ts'
import { checkOcsf } from './ocsf-mapping.ts'
import { checkField, checkReferences, checkUniqueColumns } from './schema-rules.ts'

/**
 * The form of `schemas/<provider>/<stream>.yaml`. It is strict, because a typo here would silently lose a column; the
 * events that it describes are read leniently.
 */

const description = z
  .string()
  .min(1, { abort: true })
  .max(200)
  .regex(/^\S(?:.*\S)?$/, 'must be one line of text without blanks at its ends')

const required = z.literal(true, { error: 'can only be true; leave the key out where the member is optional' })

const columnPath = z
  .string()
  .regex(/^[^.\s]+(?:\.[^.\s]+)*$/, 'must be names joined by dots, for example event.occurred_at')

const indicatorList = z.array(z.enum(indicators)).min(1)

const fieldForm = z
  .strictObject({
    name: z.string().min(1).meta({ description: 'Name of the member exactly as the provider sends it' }),
    type: z
      .enum([...scalarTypes, 'object', 'array'])
      .meta({ description: 'json keeps any value: text as it is, others as JSON' }),
    required: required.optional().meta({ description: 'The provider promises that the member is always there' }),
    description: description.meta({ description: 'Meaning of the value, in one line' }),
    formats: z
      .array(z.enum(timeFormats))
      .min(1)
      .optional()
      .meta({ description: 'Of a timestamp: formats in the order of trying' }),
    indicators: indicatorList.optional().meta({ description: 'The p_any_* columns that the text feeds' }),
    memberIndicators: z
      .record(columnPath, indicatorList)
      .optional()
      .meta({ description: 'Of type json: members, or paths such as author.email, that feed p_any_* columns' }),
    get fields() {
      return fieldList.optional()
    },
    get element() {
      return elementForm.optional()
    },
  })
  .superRefine(checkField)

const fieldList: z.ZodType<readonly FieldForm[], readonly FieldForm[]> = z.lazy(() =>
  z.array(fieldForm).min(1).superRefine(checkUniqueColumns),
)

const elementForm = z.union([
  z.enum(scalarTypes).exclude(['timestamp']),
  z
    .strictObject({ type: z.literal('object'), fields: fieldList })
    .meta({ description: 'An object with named members' }),
])

const keyPart = z
  .string()
  .regex(
    /^(?:source|canonical|(?:attribute|hash|day|optional|unlisted)\([^()\s]+\)|[^()\s]+(?: or [^()\s]+)*)$/,
    'must be source, canonical, attribute(p_name), hash(path), day(path), optional(path), unlisted(path), a path, or paths joined by " or "',
  )

/** The form of a schema file, also exported as JSON Schema for editors. */
export const logSchemaForm: z.ZodType<LogSchemaForm> = z
  .strictObject({
    logType: z
      .string()
      .regex(
        /^(?:[A-Z][A-Za-z]+\.[A-Z][A-Za-z]+|[a-z]+(?:_[a-z]+)*)$/,
        'must be two words in letters joined by a dot, each with a capital, for example GitHub.Audit; only a table of our own has a lower-case name, for example collection_runs',
      )
      .meta({
        description: '<Provider>.<Stream>, or the name of a table of our own; also gives the name of the table',
      }),
    version: z.int().min(1).meta({ description: 'Grows by one when columns are added' }),
    description: z.string().min(1).max(400).meta({ description: 'Content of the stream, in one or two sentences' }),
    reference: z
      .string()
      .regex(/^https:\/\/[^\s/]+\/\S*$/, 'must be the https address of the page that documents the events')
      .optional()
      .meta({ description: "The provider's page that documents the events; none for a table of our own" }),
    eventTime: z
      .array(columnPath)
      .meta({ description: 'Timestamp fields in the order of trying; [] when events carry no time' }),
    key: z.array(z.array(keyPart).min(1)).min(1).meta({
      description: 'Natural keys in the order of trying; the whole event where a part of each is missing',
    }),
    attributes: z
      .array(
        z.strictObject({
          name: z.string().regex(/^p_[a-z][a-z0-9_]*$/, 'must be p_ and lower-case letters, digits and underscores'),
          description,
        }),
      )
      .min(1)
      .optional()
      .meta({ description: 'Columns that the transport fills because the body does not say it' }),
    fields: fieldList,
    ocsf: ocsfForm.optional().meta({ description: 'What the rows mean in the view all_events, in the words of OCSF' }),
  })
  .superRefine(checkReferences)
  .superRefine(checkOcsf)
