import { visible } from '../../schemas/compiler/visible.ts'
import { columnsOf } from './wrap.ts'

/** A row of a table of sources. */
export interface SourceRow {
  readonly name: string
  /** The first one is a word and stands on the left; the others are figures. */
  readonly cells: readonly string[]
  /** Whether it needs a person, which a mark shows. */
  readonly isMarked?: boolean
}

/** A line of the table, and the row that it belongs to; the titles belong to none. */
export interface SourceLine {
  readonly text: string
  readonly row?: SourceRow
}

/** A name takes at least this many columns, however narrow the screen is. */
const leastName = 8

/**
 * A table of sources within a width. A name that is too long for its column has a line of its own, above the figures,
 * so that none is cut.
 */
export function sourceTable(titles: readonly string[], rows: readonly SourceRow[], width: number): SourceLine[] {
  const widths = titles.map((title, index) =>
    Math.max(title.length, ...rows.map(({ cells }) => columnsOf(cells[index] ?? ''))),
  )
  const names = rows.map(({ name }) => visible(name))
  const longest = Math.max('source'.length, ...names.map(columnsOf))
  const figures = widths.reduce((sum, one) => sum + one + 2, 2)
  const nameWidth = Math.min(longest, Math.max(leastName, width - figures))
  const lineOf = (mark: string, name: string, cells: readonly string[]) => {
    const padded = cells.map((cell, index) => padding(cell, widths[index] ?? 0, index > 0))
    const room = ' '.repeat(Math.max(0, nameWidth - columnsOf(name)))
    return `${mark} ${[name + room, ...padded].join('  ')}`.trimEnd()
  }
  return [
    { text: lineOf(' ', 'source', titles) },
    ...rows.flatMap((row, index) => {
      const name = names[index] ?? ''
      const mark = row.isMarked ? '!' : ' '
      if (columnsOf(name) <= nameWidth) return [{ text: lineOf(mark, name, row.cells), row }]
      return [
        { text: `${mark} ${name}`, row },
        { text: lineOf(' ', '', row.cells), row },
      ]
    }),
  ]
}

function padding(cell: string, width: number, isFigure: boolean): string {
  const room = ' '.repeat(Math.max(0, width - columnsOf(cell)))
  return isFigure ? room + cell : cell + room
}
