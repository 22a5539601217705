import { visible } from '../../schemas/compiler/visible.ts'
import type { QueryResult } from './lake-query.ts'
import type { Plain } from './query-value.ts'

/** One JSON object per row. */
export function* jsonLines({ columns, rows }: QueryResult): Generator<string> {
  for (const row of rows)
    yield JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null])))
}

/** Longer values are cut, because one long JSON text would fill many screens; `--json` shows them whole. */
const widestCell = 80

/** An aligned table for people: numbers to the right, the number of rows at the end. */
export function* tableLines({ columns, rows }: QueryResult): Generator<string> {
  const cells = rows.map((row) => row.map(cellText))
  const header = columns.map(visible)
  const widths = header.map((name, index) =>
    Math.max(name.length, ...cells.map((row) => [...(row[index] ?? '')].length)),
  )
  const numeric = columns.map((_, index) => rows.every((row) => row[index] === null || typeof row[index] === 'number'))
  const line = (row: readonly string[]) =>
    row
      .map((cell, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - [...cell].length))
        return numeric[index] ? padding + cell : cell + padding
      })
      .join('  ')
      .trimEnd()
  if (columns.length > 0) {
    yield line(header)
    yield widths.map((width) => '-'.repeat(width)).join('  ')
  }
  for (const row of cells) yield line(row)
  yield `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`
}

function cellText(value: Plain): string {
  if (value === null) return 'NULL'
  const text = [...visible(typeof value === 'string' ? value : JSON.stringify(value))]
  return text.length <= widestCell ? text.join('') : `${text.slice(0, widestCell - 1).join('')}…`
}
