import { visible } from '../../schemas/compiler/visible.ts'
import type { QueryResult } from './lake-query.ts'
import type { Plain } from './query-value.ts'
import { rowObject } from './row-object.ts'

/** One JSON object per row. */
export function* jsonLines({ columns, rows }: QueryResult): Generator<string> {
  for (const row of rows) yield JSON.stringify(rowObject(columns, row))
}

/** Comma-separated values with a header, as RFC 4180 has them; a null is empty. Line breaks in texts become `\n`. */
export function* csvLines({ columns, rows }: QueryResult): Generator<string> {
  yield columns.map(csvField).join(',')
  for (const row of rows) yield row.map((value) => csvField(value ?? '')).join(',')
}

function csvField(value: Plain): string {
  const text = visible(plainText(value))
  // A spreadsheet would run a text that begins like a formula, and the texts are those of strangers.
  const harmless = typeof value === 'string' && /^[=+\-@]/.test(text) ? `'${text}` : text
  return /[",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Longer values are cut in a table, because one long JSON text would fill many screens; `--json` shows them whole. */
const widestCell = 80

/** Widest value beside its name, where no width is known. */
const widestValue = 2_000

interface Cell {
  readonly text: string
  readonly isNumber: boolean
  readonly isNull: boolean
}

/**
 * The result for people: an aligned table, or the columns one below the other when it is wider than the screen. Columns
 * that are null in every row are left out, and counted.
 * @param width columns of the screen; without it, the table may be as wide as it is
 */
export function* resultLines(result: QueryResult, width = Number.POSITIVE_INFINITY): Generator<string> {
  const { columns, rows } = result
  const shown = columns.flatMap((_, index) => (rows.every((row) => row[index] === null) ? [] : [index]))
  const kept = rows.length === 0 ? columns.map((_, index) => index) : shown
  const names = kept.map((index) => visible(columns[index] ?? ''))
  const cells = rows.map((row) => kept.map((index) => cellOf(row[index] ?? null)))
  const table = columnWidths(names, cells)
  const total = table.reduce((sum, one) => sum + one + 2, -2)
  yield* total <= width ? alignedLines(names, cells, table) : verticalLines(names, cells, width)
  const left = columns.length - kept.length
  const withoutNulls = left === 0 ? '' : `; ${left} ${left === 1 ? 'column is' : 'columns are'} null in every row`
  yield `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${withoutNulls})`
}

/** An aligned table of all columns: numbers to the right. */
export function* tableLines({ columns, rows }: QueryResult): Generator<string> {
  const names = columns.map(visible)
  const cells = rows.map((row) => row.map(cellOf))
  yield* alignedLines(names, cells, columnWidths(names, cells))
}

const columnWidths = (names: readonly string[], cells: readonly (readonly Cell[])[]): number[] =>
  names.map((name, index) =>
    cells.reduce((widest, row) => Math.max(widest, Math.min(widestCell, lengthOf(row[index]))), name.length),
  )

const lengthOf = (cell: Cell | undefined): number => (cell === undefined ? 0 : [...cell.text].length)

function* alignedLines(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  widths: readonly number[],
): Generator<string> {
  const numeric = names.map((_, index) => rows.every((row) => row[index]?.isNumber ?? true))
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - [...cell].length))
        return numeric[index] ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd()
  if (names.length > 0) {
    yield line(names)
    yield widths.map((width) => '-'.repeat(width)).join('  ')
  }
  for (const row of rows) yield line(row.map(({ text }) => cut(text, widestCell)))
}

function* verticalLines(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  width: number,
): Generator<string> {
  const longest = Math.max(...names.map(({ length }) => length))
  const room = Math.min(widestValue, Math.max(10, width - longest - 2))
  for (const [number, row] of rows.entries()) {
    yield `-- row ${number + 1} `.padEnd(Math.min(width, longest + 20), '-')
    for (const [index, { text, isNull }] of row.entries()) {
      if (!isNull) yield `${(names[index] ?? '').padEnd(longest)}  ${cut(text, room)}`
    }
  }
}

function cellOf(value: Plain): Cell {
  if (value === null) return { text: 'NULL', isNumber: true, isNull: true }
  const text = visible(plainText(value).slice(0, 2 * widestValue))
  return { text, isNumber: typeof value === 'number', isNull: false }
}

const plainText = (value: Plain): string => (typeof value === 'string' ? value : JSON.stringify(value))

function cut(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}
