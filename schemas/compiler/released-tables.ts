import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { LogSchema, ValueType } from '../definition.ts'
import { tableColumns } from '../table-columns.ts'
import { fieldIdsOf } from './field-ids.ts'
import type { LogSchemaFile } from './load.ts'
import { idProblems } from './released-ids.ts'

/** Folder of released tables: `<table>.json`, and `<table>-v<version>.parquet` with rows of each version. */
export const releasedFolder = 'test/schemas/released'

/**
 * The part of a released table that users rely on: files in lakes hold these columns, and queries name them. The order
 * of columns is free, because Athena and DuckDB find columns of Parquet files by name.
 */
export type ReleasedTable = z.infer<typeof releasedTable>

const releasedTable = z.object({
  version: z.number(),
  /** Columns and members, such as `event.targets[].id`, with their types, and `required` where it applies. */
  columns: z.record(z.string(), z.string()),
  /** Field ids of columns, members and list elements, such as `event.targets[]`. */
  ids: z.record(z.string(), z.number()),
})

export function releasedForm(schema: LogSchema): ReleasedTable {
  const columns = new Map<string, string>()
  for (const { column, value } of tableColumns(schema)) addColumn(columns, column, value, isRequired(schema, column))
  return {
    version: schema.version,
    columns: Object.fromEntries(columns),
    ids: Object.fromEntries(fieldIdsOf(schema)),
  }
}

function isRequired({ fields }: LogSchema, column: string): boolean {
  return fields.some((field) => field.column === column && field.required === true)
}

function addColumn(columns: Map<string, string>, path: string, value: ValueType, required: boolean): void {
  columns.set(path, `${typeText(value)}${required ? ' required' : ''}`)
  const inside = value.type === 'array' ? value.element : value
  if (inside.type !== 'object') return
  for (const field of inside.fields) {
    addColumn(columns, `${path}${value.type === 'array' ? '[]' : ''}.${field.column}`, field, field.required === true)
  }
}

/** The schema's type instead of Glue's, which does not distinguish text from JSON text. */
function typeText(value: ValueType): string {
  return value.type === 'array' ? `array of ${typeText(value.element)}` : value.type
}

/** The last release of each table, by the table's name. */
export function readReleased(root: string): Map<string, ReleasedTable> {
  const files = globSync(`${releasedFolder}/*.json`, { cwd: root }).sort()
  return new Map(
    files.map((file) => [basename(file, '.json'), parseReleased(file, readFileSync(join(root, file), 'utf8'))]),
  )
}

function parseReleased(file: string, text: string): ReleasedTable {
  const { data } = releasedTable.safeParse(JSON.parse(text))
  if (data) return data
  throw new Error(`${file}: should hold a version, columns and ids; restore it from the last release`)
}

/**
 * The problems that block a release: a table may only gain optional columns, and its version then grows by one. Each
 * problem names file, column and remedy.
 */
export function releaseProblems(
  sources: readonly LogSchemaFile[],
  released: ReadonlyMap<string, ReleasedTable>,
): string[] {
  const tables = new Set(sources.map(({ schema }) => schema.table))
  const gone = [...released.keys()].filter((table) => !tables.has(table))
  return [
    ...gone.map((table) => `${table}: was released and has no schema any more; put its schema back under schemas/`),
    ...sources.flatMap(({ file, schema }) => {
      const before = released.get(schema.table)
      return before === undefined ? [] : growthProblems(before, releasedForm(schema)).map((text) => `${file}: ${text}`)
    }),
    ...releasedIdProblems(sources, released),
  ]
}

/** Those of the release problems that are about field ids. */
export function releasedIdProblems(
  sources: readonly LogSchemaFile[],
  released: ReadonlyMap<string, ReleasedTable>,
): string[] {
  return sources.flatMap(({ file, schema }) => {
    const before = released.get(schema.table)?.ids ?? {}
    const problems = idProblems(schema.table, before, Object.fromEntries(fieldIdsOf(schema)))
    return problems.map((text) => `${file}: ${text}`)
  })
}

function growthProblems(before: ReleasedTable, now: ReleasedTable): string[] {
  const problems = new Map<string, string>()
  for (const [path, type] of Object.entries(before.columns)) {
    const problem = changeProblem(before.version, type, now.columns[path])
    // A problem of a column makes those of its members redundant.
    if (problem !== undefined && !ancestors(path).some((ancestor) => problems.has(ancestor)))
      problems.set(path, problem)
  }
  const added = Object.keys(now.columns).filter((path) => before.columns[path] === undefined)
  for (const path of added) {
    const required = now.columns[path]?.endsWith(' required')
    if (!required || ancestors(path).some((ancestor) => added.includes(ancestor))) continue
    problems.set(path, `is new and required, but rows of version ${before.version} lack it; leave required out`)
  }
  return [...[...problems].map(([path, problem]) => `${path}: ${problem}`), ...versionProblems(before, now, added)]
}

function versionProblems(before: ReleasedTable, now: ReleasedTable, added: readonly string[]): string[] {
  const version = before.version + (added.length > 0 ? 1 : 0)
  if (now.version === version) return []
  const what = added.length > 0 ? `${added.join(', ')} came` : 'no column was added'
  return [
    `version is ${now.version}; ${what} since version ${before.version} was released, so write version: ${version}`,
  ]
}

function changeProblem(version: number, before: string, now: string | undefined): string | undefined {
  if (now === undefined) return `was released in version ${version} as ${before} and is gone; put it back`
  const [typeBefore, typeNow] = [before, now].map((type) => type.replace(/ required$/, ''))
  if (typeBefore !== typeNow) {
    return `was released in version ${version} as ${typeBefore} and is ${typeNow} now; make it ${typeBefore} again, or add a column of another name`
  }
  if (before !== now && now.endsWith(' required')) {
    return `was optional in version ${version} and is required now; leave required out, rows without it exist`
  }
  return undefined
}

/** `a` and `a.b` for `a.b.c`, and `a` for `a[].b`. */
function ancestors(path: string): string[] {
  const names = path.split('.')
  return names.slice(1).map((_, index) =>
    names
      .slice(0, index + 1)
      .join('.')
      .replace(/\[\]$/, ''),
  )
}
