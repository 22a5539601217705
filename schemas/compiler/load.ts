import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Field, KeyPart, LogSchema, Path, ValueType } from '../definition.ts'
import { tableName } from '../table-name.ts'
import type { FieldForm, LogSchemaForm } from './definition-form.ts'
import { FieldIdBook, type FieldIds, readFieldIds } from './field-ids.ts'
import { toOcsfMapping } from './ocsf-mapping.ts'
import { logSchemaForm } from './schema-form.ts'
import { columnName, isOwnTable, readKeyPart } from './schema-rules.ts'
import { parseYamlDocument, YamlProblems } from './yaml-document.ts'

/** Folder of the pipeline's own tables, in which it reports on itself. */
const ownFolder = 'schemas/auditlake/'

const projectRoot = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Reads one schema file.
 *
 * @param given Field ids that the table gave so far; none for a new table.
 * @throws YamlProblems with every problem of the file, each with its line, field and remedy.
 */
export function parseLogSchema(file: string, text: string, given: FieldIds = new Map()): LogSchema {
  return toLogSchema(parseYamlDocument(file, text, logSchemaForm, 'name'), new FieldIdBook(given))
}

/**
 * Reads all of `schemas/<provider>/<stream>.yaml` in the order of their names: every schema that has a table.
 *
 * @param root The folder that holds `schemas/`; the project itself by default.
 * @throws Error whose message lists the problems of all files.
 */
export function loadTableSchemas(root: string = projectRoot): LogSchema[] {
  return loadLogSchemaFiles(root).map(({ schema }) => schema)
}

export interface LogSchemaFile {
  /** Path from the project's root, for example `schemas/github/webhook.yaml`. */
  readonly file: string
  readonly schema: LogSchema
  /** All field ids that the table ever gave, those of the schema's fields included. */
  readonly fieldIds: FieldIds
}

/** As `loadTableSchemas`, with the file of each schema. */
export function loadLogSchemaFiles(root: string = projectRoot): LogSchemaFile[] {
  const owners = new Map<string, string>()
  const loaded: LogSchemaFile[] = []
  const problems: string[] = []
  for (const file of globSync('schemas/**/*.{yaml,yml}', { cwd: root }).map(withSlashes).sort()) {
    try {
      loaded.push(loadOne(root, file, owners))
    } catch (error) {
      if (!(error instanceof YamlProblems)) throw error
      problems.push(error.message)
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return loaded
}

function loadOne(root: string, file: string, owners: Map<string, string>): LogSchemaFile {
  if (!/^schemas\/[a-z0-9-]+\/[a-z0-9-]+\.yaml$/.test(file)) {
    const message = 'is not where schemas are read from; move it to schemas/<provider>/<stream>.yaml, in lower case'
    throw new YamlProblems(file, [{ line: 1, column: 1, text: message }])
  }
  const form = logSchemaForm.superRefine(({ logType }, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', path: ['logType'], message })
    const owner = owners.get(tableName(logType))
    if (owner !== undefined) problem(`${logType} is described in ${owner} already; remove one of the two`)
    if (isOwnTable({ logType }) !== file.startsWith(ownFolder)) {
      problem(
        isOwnTable({ logType })
          ? `${logType} is the name of a table of our own; move the file to ${ownFolder}, or name <Provider>.<Stream>`
          : `${logType} is a log type of a provider; move the file to the provider's folder, ${ownFolder} is for tables of our own`,
      )
    }
  })
  const parsed = parseYamlDocument(file, readFileSync(`${root}/${file}`, 'utf8'), form, 'name')
  const table = tableName(parsed.logType)
  owners.set(table, file)
  const book = new FieldIdBook(readFieldIds(root, table))
  return { file, schema: toLogSchema(parsed, book), fieldIds: book.ids }
}

/** The JSON Schema with which editors complete and check schema files. */
export function logSchemaJsonSchema(): object {
  return z.toJSONSchema(logSchemaForm, { io: 'input', target: 'draft-7' })
}

function toLogSchema(form: LogSchemaForm, book: FieldIdBook): LogSchema {
  return {
    logType: form.logType,
    table: tableName(form.logType),
    version: form.version,
    description: form.description,
    ...(form.reference !== undefined && { reference: form.reference }),
    eventTime: form.eventTime.map(toPath),
    key: form.key.map((parts) => parts.map(toKeyPart)),
    attributes: (form.attributes ?? []).map(({ name, description }) => {
      const column = `p_${name.slice(2)}` as const
      return { column, id: book.of(column), description }
    }),
    fields: form.fields.map((field) => toField(field, '', book)),
    ...(form.ocsf && { ocsf: toOcsfMapping(form, form.ocsf) }),
  }
}

function toPath(text: string): Path {
  return text.split('.')
}

function toKeyPart(text: string): KeyPart {
  if (text === 'source' || text === 'canonical') return { part: text }
  const { call, argument } = readKeyPart(text)
  if (call === 'attribute') return { part: 'attribute', column: argument }
  if (call === 'hash' || call === 'day') return { part: call, path: toPath(argument) }
  const anyOf = argument.split(' or ').map(toPath)
  return { part: 'member', anyOf, ...(call === 'optional' && { optional: true }) }
}

/** @param parent path of the struct with a dot; empty for a column */
function toField(form: FieldForm, parent: string, book: FieldIdBook): Field {
  const column = columnName(form.name)
  const path = `${parent}${column}`
  return {
    name: form.name,
    column,
    id: book.of(path),
    ...toValueType(form, path, book),
    ...(form.required && { required: true }),
    description: form.description,
  }
}

function toValueType(form: FieldForm, path: string, book: FieldIdBook): ValueType {
  const { type, formats, indicators, memberIndicators, fields, element } = form
  const members = (forms: readonly FieldForm[], parent: string) => forms.map((field) => toField(field, parent, book))
  if (type === 'object') return { type, fields: members(fields ?? [], `${path}.`) }
  const extras = { ...(formats && { formats }), ...(indicators && { indicators }) }
  if (type !== 'array') return { type, ...extras, ...(memberIndicators && { memberIndicators }) }
  const elementId = book.of(`${path}[]`)
  if (typeof element !== 'object') return { type, element: { type: element ?? 'json', ...extras }, elementId }
  return { type, element: { type: 'object', fields: members(element.fields, `${path}[].`) }, elementId }
}

function withSlashes(path: string): string {
  return path.replaceAll('\\', '/')
}
