import { styleText } from 'node:util'
import { createLogUpdate } from 'log-update'
import { visible } from '../../schemas/compiler/visible.ts'
import { columnsOf } from './wrap.ts'

/** Where text is shown: a terminal, a file or a pipe. */
export type Screen = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** A line of text and its colour. */
export interface StyledLine {
  readonly text: string
  readonly style?: 'bold' | 'yellow' | 'red'
}

/** The lower end of a terminal, where lines replace those shown before. */
export interface Redraw {
  show(lines: readonly (string | StyledLine)[]): void
  /** Prints a line that stays, above the others. */
  persist(line: string): void
  /** Removes the lines. */
  clear(): void
  /** Lets the lines stay, and releases the terminal. */
  done(): void
}

/**
 * The end of a terminal; undefined where output can only be appended. What a terminal would obey or hide in a text
 * becomes an escape. `NO_COLOR` in the environment removes colours.
 */
export function redrawing(stream: Screen, env: Readonly<Record<string, string | undefined>>): Redraw | undefined {
  // A terminal without a known size (some containers report 0) cannot be redrawn in place.
  const canRedraw = stream.isTTY === true && env.TERM !== 'dumb' && Boolean(stream.columns && stream.rows)
  if (!canRedraw) return undefined
  const update = createLogUpdate(stream, { showCursor: true })
  const painted = (line: string | StyledLine): string => {
    const { text, style }: StyledLine = typeof line === 'string' ? { text: line } : line
    return style && !env.NO_COLOR ? styleText(style, visible(text), { validateStream: false }) : visible(text)
  }
  let shown: readonly (string | StyledLine)[] = []
  let width = stream.columns ?? 0
  const show = (lines: readonly (string | StyledLine)[]) => {
    shown = lines
    width = stream.columns ?? 0
    update(lines.map(painted).join('\n'))
  }
  // A narrower terminal breaks the shown lines into more rows than were drawn, and those would stay.
  const resized = () => {
    const { columns = 0 } = stream
    if (columns === 0 || columns >= width || shown.length === 0) return
    const rows = shown.reduce(
      (sum, line) => sum + rowsOf(typeof line === 'string' ? line : line.text, width, columns),
      0,
    )
    stream.write(`\u001b[${rows}A\r\u001b[J`)
    update.done()
    show(shown)
  }
  stream.on('resize', resized)
  return {
    show,
    persist(line) {
      update.persist(visible(line))
      shown = []
    },
    clear() {
      update.clear()
      shown = []
    },
    done() {
      update.done()
      stream.off('resize', resized)
    },
  }
}

/** The rows of a line that was drawn at one width, after the terminal has become narrower. */
function rowsOf(line: string, drawn: number, columns: number): number {
  const length = columnsOf(visible(line))
  const full = Math.floor(length / drawn)
  const rest = length % drawn
  const last = rest > 0 || full === 0 ? Math.max(1, Math.ceil(rest / columns)) : 0
  return full * Math.ceil(drawn / columns) + last
}
