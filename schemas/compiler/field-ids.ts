import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogSchema, ValueType } from '../definition.ts'
import { firstFieldId } from '../standard-columns.ts'
import { tableColumns } from '../table-columns.ts'

/**
 * Folder of the field ids that tables ever gave, `<table>.json`, except those of standard columns. `npm run generate`
 * adds the ids of new columns; ids of columns that are gone stay, so that none is given twice.
 */
const fieldIdsFolder = 'schemas/field-ids'

/** Path of a column, member or list element, such as `event`, `event.targets[]` or `event.targets[].id` -> its id. */
export type FieldIds = ReadonlyMap<string, number>

/** Gives the fields of one table their ids: those they have already, and the next free ones. */
export class FieldIdBook {
  readonly #ids: Map<string, number>
  #next: number

  /** @param given the ids given so far; none for a new table */
  constructor(given: FieldIds = new Map()) {
    this.#ids = new Map(given)
    this.#next = Math.max(firstFieldId, ...[...given.values()].map((id) => id + 1))
  }

  of(path: string): number {
    const known = this.#ids.get(path)
    if (known !== undefined) return known
    const id = this.#next++
    this.#ids.set(path, id)
    return id
  }

  /** All ids that were ever given. */
  get ids(): FieldIds {
    return this.#ids
  }
}

/**
 * The ids that a table gave so far.
 * @param root The folder that holds `schemas/`.
 * @throws Error with file and remedy when the file was damaged.
 */
export function readFieldIds(root: string, table: string): FieldIds {
  const file = fieldIdsFile(table)
  if (!existsSync(join(root, file))) return new Map()
  const text = readFileSync(join(root, file), 'utf8')
  const remedy = 'restore it from version control, then run npm run generate'
  const paths = new Map<number, string>()
  for (const [path, id] of Object.entries(parseObject(text, `${file}: is not a JSON object; ${remedy}`))) {
    if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < firstFieldId) {
      throw new Error(`${file}: ${path}: should be a whole number from ${firstFieldId}; ${remedy}`)
    }
    const other = paths.get(id)
    if (other !== undefined) throw new Error(`${file}: ${other} and ${path} both have the id ${id}; ${remedy}`)
    paths.set(id, path)
  }
  return new Map([...paths].map(([id, path]) => [path, id]))
}

export const fieldIdsFile = (table: string): string => `${fieldIdsFolder}/${table}.json`

export const renderFieldIds = (ids: FieldIds): string => `${JSON.stringify(Object.fromEntries(ids), undefined, 2)}\n`

/** The ids of all columns of a table, standard ones included, with those of members and list elements. */
export function fieldIdsOf(schema: LogSchema): FieldIds {
  const ids = new Map<string, number>()
  for (const { column, id, value } of tableColumns(schema)) addIds(ids, column, id, value)
  return ids
}

function addIds(ids: Map<string, number>, path: string, id: number, value: ValueType): void {
  ids.set(path, id)
  if (value.type === 'array') addIds(ids, `${path}[]`, value.elementId, value.element)
  if (value.type !== 'object') return
  for (const field of value.fields) addIds(ids, `${path}.${field.column}`, field.id, field)
}

function parseObject(text: string, problem: string): object {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new Error(problem)
}
