import { visible } from '../../schemas/compiler/visible.ts'
import { printLine } from './print.ts'
import { redrawing, type Screen, type StyledLine } from './redraw.ts'
import { type FailureFigures, RunFigures, type SourceFigures } from './run-figures.ts'

/** The view of a running pipeline, for people. */
export interface Terminal {
  /** Takes a parsed line of a function's output; only metrics count. */
  record(line: unknown): void
  functionFailed(functionName: string, message: string): void
  /** Prints text that stays, above the figures. */
  note(text: string): void
  /** Shows the last state and releases the terminal. */
  stop(): void
}

export interface TerminalOptions {
  /** Source ids to show from the start; others follow when they appear. */
  readonly sources: readonly string[]
  /** @default process.stdout */
  readonly stream?: Screen
  /** Read for `NO_COLOR` and `TERM`. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number
}

/** The settings of a drawing. */
export interface View {
  /** Epoch milliseconds. */
  readonly now: number
  /** Width in characters. */
  readonly width: number
}

const redrawMs = 500
/** Fewer lines without a terminal, where each one is stored. */
const plainLinesMs = 5000

/**
 * Shows the figures of a run: on a terminal a table redrawn in place, elsewhere a line per changed source, at most
 * every five seconds.
 */
export function startTerminal(options: TerminalOptions): Terminal {
  const { sources, stream = process.stdout, env = process.env, now = Date.now } = options
  const figures = new RunFigures(sources)
  const redraw = redrawing(stream, env)
  const plain = new PlainLines((line) => printLine(line, stream))
  const draw = () => {
    if (redraw) redraw.show(renderTable(figures, { now: now(), width: stream.columns ?? 80 }))
    else plain.print(figures, now())
  }
  const timer = setInterval(draw, redraw ? redrawMs : plainLinesMs)
  if (redraw) draw()
  return {
    record: (line) => figures.record(line),
    functionFailed: (functionName, message) => figures.functionFailed(functionName, message),
    note(text) {
      if (redraw) redraw.persist(text)
      else printLine(text, stream)
    },
    stop() {
      clearInterval(timer)
      draw()
      redraw?.done()
    },
  }
}

/** Prints the lines that changed since the last time. */
class PlainLines {
  readonly #printed = new Map<string, string>()
  readonly #write: (line: string) => void

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  print({ sources, warnings, failures }: RunFigures, now: number): void {
    for (const one of sources) {
      const counted = `${one.events} events in, ${one.rejected} rejected, ${one.rows} rows written`
      if (one.events + one.rejected + one.rows > 0) {
        this.#printNew(one.source, counted, `, newest row ${age(one.newest, now)}`)
      }
    }
    for (const [subject, figures] of warnings) this.#printNew(subject, figures, '')
    for (const one of failures) this.#printNew(one.functionName, failureText(one), '')
  }

  #printNew(subject: string, text: string, passing: string): void {
    if (this.#printed.get(subject) === text) return
    this.#printed.set(subject, text)
    this.#write(`${subject}: ${text}${passing}`)
  }
}

const columns: readonly { readonly title: string; readonly cell: (one: SourceFigures, now: number) => string }[] = [
  { title: 'events in', cell: ({ events }) => String(events) },
  { title: 'rejected', cell: ({ rejected }) => String(rejected) },
  { title: 'rows written', cell: ({ rows }) => String(rows) },
  { title: 'newest row', cell: ({ newest }, now) => age(newest, now) },
]

/** The figures as lines within the width: a table of sources, then warnings and failed functions. */
export function renderTable(
  { sources, warnings, failures }: Pick<RunFigures, 'sources' | 'warnings' | 'failures'>,
  { now, width }: View,
): StyledLine[] {
  const longest = Math.max('source'.length, ...sources.map(({ source }) => visible(source).length))
  const figuresWidth = columns.reduce((sum, { title }) => sum + title.length + 3, 0)
  const nameWidth = Math.max(8, Math.min(longest, width - figuresWidth))
  const line = (name: string, cells: readonly string[]) => {
    const padded = cells.map((cell, index) => `   ${cell.padStart(columns[index]?.title.length ?? 0)}`)
    return cut(`${cut(visible(name), nameWidth).padEnd(nameWidth)}${padded.join('')}`, width)
  }
  const titles = columns.map(({ title }) => title)
  return [
    { text: line('source', titles), style: 'bold' },
    ...sources.map((one) => {
      const text = line(
        one.source,
        columns.map(({ cell }) => cell(one, now)),
      )
      return one.rejected > 0 ? { text, style: 'yellow' as const } : { text }
    }),
    ...warnings.map((warning) => ({ text: cut(visible(warning.join(': ')), width), style: 'yellow' as const })),
    ...failures.map((one) => ({
      text: cut(visible(`${one.functionName}: ${failureText(one)}`), width),
      style: 'red' as const,
    })),
  ]
}

function failureText({ count, message }: FailureFigures): string {
  return count === 1 ? `failed: ${message}` : `failed ${count} times, lately: ${message}`
}

function age(at: number | undefined, now: number): string {
  if (at === undefined) return '-'
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 120) return `${seconds} s ago`
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`
}

/** Cuts text to a width. Counts a character beyond ASCII as two, as some are, because no line may be too long. */
function cut(text: string, width: number): string {
  let used = 0
  let kept = ''
  for (const char of text) {
    const wide = char > '~' ? 2 : 1
    if (used + wide > width) return `${kept.slice(0, -1)}…`
    used += wide
    kept += char
  }
  return text
}
