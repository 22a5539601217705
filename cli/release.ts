import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { JsonObject } from '../lambdas/core/json/json.ts'
import { parquetOf } from '../lambdas/core/lake/parquet.ts'
import type { Row } from '../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../lambdas/core/normalize/normalizer.ts'
import { loadLogSchemaFiles } from '../schemas/compiler/load.ts'
import {
  type ReleasedTable,
  readReleased,
  releasedFolder,
  releasedForm,
  releaseProblems,
} from '../schemas/compiler/released-tables.ts'
import type { Field, Indicator, LogSchema, TimeFormat, ValueType } from '../schemas/definition.ts'

/**
 * Records the tables as released, with a file of rows as this version writes them. Files of earlier versions stay,
 * because lakes hold such rows.
 *
 * @param root The project's root.
 * @returns the files that were written
 * @throws Error with all problems when a table did more than gain columns; nothing is written then.
 */
export function release(root: string): string[] {
  const sources = loadLogSchemaFiles()
  const released = readReleased(root)
  const problems = releaseProblems(sources, released)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  mkdirSync(join(root, releasedFolder), { recursive: true })
  return sources.flatMap(({ schema }) => releaseTable(root, schema, released.get(schema.table)))
}

function releaseTable(root: string, schema: LogSchema, before: ReleasedTable | undefined): string[] {
  const written: string[] = []
  const write = (file: string, content: string | Uint8Array) => {
    writeFileSync(join(root, releasedFolder, file), content)
    written.push(`${releasedFolder}/${file}`)
  }
  const now = releasedForm(schema)
  if (!isDeepStrictEqual(before, now)) write(`${schema.table}.json`, `${JSON.stringify(now, undefined, 2)}\n`)
  const rows = `${schema.table}-v${schema.version}.parquet`
  if (!existsSync(join(root, releasedFolder, rows))) write(rows, parquetOf(schema, exampleRows(schema)))
  return written
}

/** A row with every column of its schema, and one of an event without any known member. */
function exampleRows(schema: LogSchema): Row[] {
  const { normalize } = compileNormalizer(schema)
  const context = {
    sourceId: 'released',
    sourceLabel: 'Released',
    receivedAt: Date.UTC(2026, 0, 31, 12),
    attributes: Object.fromEntries(schema.attributes.map(({ column }) => [column, `value of ${column}`])),
  }
  return [exampleObject(schema.fields), { unknown: true }].map((event) => normalize(event, context))
}

function exampleObject(fields: readonly Field[]): JsonObject {
  return Object.fromEntries(fields.map((field) => [field.name, exampleValue(field, field.name)]))
}

function exampleValue(value: ValueType, name: string): JsonObject[string] {
  switch (value.type) {
    case 'object':
      return exampleObject(value.fields)
    case 'array':
      return [exampleValue(value.element, name)]
    case 'timestamp':
      return exampleTime(value.formats?.[0])
    case 'boolean':
      return true
    case 'json':
      return { of: name }
    case 'string': {
      const [indicator] = value.indicators ?? []
      return (indicator && exampleIndicators[indicator]) ?? `value of ${name}`
    }
    case 'float':
      return 1.5
    case 'int':
    case 'smallint':
    case 'bigint':
      return 1
  }
}

/** Valid values for indicators with a form; names and ids have none. */
const exampleIndicators: Partial<Record<Indicator, string>> = {
  ip: '192.0.2.1',
  email: 'somebody@example.com',
  sha1: '0123456789abcdef0123456789abcdef01234567',
}

const perMillisecond: ReadonlyMap<string, number> = new Map([
  ['unix', 0.001],
  ['unix_ms', 1],
  ['unix_us', 1_000],
])

function exampleTime(format: TimeFormat = 'rfc3339'): JsonObject[string] {
  const ms = Date.UTC(2026, 0, 31, 11, 59, 59, 123)
  if (format === 'rfc3339') return new Date(ms).toISOString()
  const units = perMillisecond.get(format)
  if (units === undefined) throw new Error(`cli/release.ts: has no example of a time in the form ${format}; add one`)
  return Math.floor(ms * units)
}
