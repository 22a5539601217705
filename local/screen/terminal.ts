import { withoutBreaks } from './one-line.ts'
import { printLine } from './print.ts'
import { redrawing, type Screen, type StyledLine } from './redraw.ts'
import {
  type FailureFigures,
  type RingingAlarm,
  RunFigures,
  type SourceFigures,
  type SourceState,
} from './run-figures.ts'
import { sourceTable } from './source-table.ts'
import { standingText } from './standing-text.ts'
import { wrapped } from './wrap.ts'

/** The view of a running pipeline, for people. */
export interface Terminal {
  /** Takes a parsed line of a function's output; only metrics count. */
  record(line: unknown): void
  functionFailed(functionName: string, message: string): void
  /** Shows these states of sources from now on. */
  showStates(states: readonly SourceState[]): void
  /** Shows these alarms as ringing from now on. */
  showAlarms(alarms: readonly RingingAlarm[]): void
  /** Takes the rows of each source that the lake held when the run began. */
  countBefore(rows: ReadonlyMap<string, number>): void
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
    showStates(states) {
      figures.states = new Map(states.map((state) => [state.source, state]))
    },
    showAlarms(alarms) {
      figures.alarms = alarms
    },
    countBefore(rows) {
      figures.rowsBefore = rows
    },
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
  #ringing: ReadonlyMap<string, string> = new Map()
  readonly #write: (line: string) => void

  constructor(write: (line: string) => void) {
    this.#write = write
  }

  print({ sources, states, alarms, warnings, failures }: RunFigures, now: number): void {
    for (const one of sources) {
      const counted = `${one.events} events in, ${one.rejected} rejected, ${one.rows} rows written`
      if (one.events + one.rejected + one.rows > 0) {
        this.#printNew(one.source, counted, `, newest row ${age(one.newest, now)}`)
      }
    }
    for (const state of states.values()) this.#printNewState(state)
    this.#printNewAlarms(alarms)
    for (const [subject, figures] of warnings) this.#printNew(subject, figures, '')
    for (const one of failures) this.#printNew(one.functionName, failureText(one), '')
  }

  /** Once for each word, because the reason may hold an age. */
  #printNewState(state: SourceState): void {
    const key = `state of ${state.source}`
    if (this.#printed.get(key) === state.word) return
    this.#printed.set(key, state.word)
    this.#write(standingText(state))
  }

  /** Once each time that it begins to ring. */
  #printNewAlarms(alarms: readonly RingingAlarm[]): void {
    const ringing = new Map(alarms.map((alarm) => [alarm.name, alarmText(alarm)]))
    for (const [name, text] of ringing) if (!this.#ringing.has(name)) this.#write(text)
    this.#ringing = ringing
  }

  #printNew(subject: string, text: string, passing: string): void {
    if (this.#printed.get(subject) === text) return
    this.#printed.set(subject, text)
    this.#write(`${subject}: ${text}${passing}`)
  }
}

const titles = ['state', 'last event', 'in', 'rejected', 'written', 'total']

const legend = 'in, rejected and written: since the start; total: all rows in the lake'

/** The figures as lines within the width: a table of sources, why some do not work, warnings and failed functions. */
export function renderTable(
  { sources, states, alarms, rowsBefore, warnings, failures }: Figures,
  { now, width }: View,
): StyledLine[] {
  const rows = sources.map((figures) => {
    const state = states.get(figures.source)
    return {
      name: figures.source,
      cells: cellsOf(figures, state, rowsBefore, now),
      isMarked: state?.needsPerson ?? false,
    }
  })
  const [head, ...table] = sourceTable(titles, rows, width)
  const below = (text: string, style: 'yellow' | 'red') =>
    wrapped(text, width, '  ', '').map((line) => ({ text: line, style }))
  return [
    { text: head?.text ?? '', style: 'bold' },
    ...table.map(({ text, row }) => (row?.isMarked === true ? { text, style: 'yellow' as const } : { text })),
    ...wrapped(legend, width).map((text) => ({ text })),
    ...[...states.values()].flatMap((state) => stateLines(state, width)),
    ...alarms.flatMap((alarm) => below(alarmText(alarm), 'red')),
    ...warnings.flatMap((warning) => below(warning.join(': '), 'yellow')),
    ...failures.flatMap((one) => below(`${one.functionName}: ${failureText(one)}`, 'red')),
  ]
}

type Figures = Pick<RunFigures, 'sources' | 'states' | 'alarms' | 'rowsBefore' | 'warnings' | 'failures'>

function cellsOf(
  { source, events, rejected, rows, newest }: SourceFigures,
  state: SourceState | undefined,
  before: Figures['rowsBefore'],
  now: number,
): string[] {
  const times = [newest, state?.lastEventAt].filter((time) => time !== undefined)
  return [
    state?.word ?? '-',
    age(times.length === 0 ? undefined : Math.max(...times), now),
    String(events),
    String(rejected),
    String(rows),
    before ? String((before.get(source) ?? 0) + rows) : '-',
  ]
}

function stateLines(state: SourceState, width: number): StyledLine[] {
  if (state.why === undefined) return []
  const style = state.needsPerson ? { style: 'yellow' as const } : {}
  return wrapped(standingText(state), width, '  ', '').map((text) => ({ text, ...style }))
}

/** The name, and the first sentence of what it means. */
function alarmText({ name, description }: RingingAlarm): string {
  const [sentence = ''] = /^.*?[.!?](?=\s|$)|^.*/.exec(withoutBreaks(description)) ?? []
  return `alarm ${withoutBreaks(name)}${sentence === '' ? '' : `: ${sentence}`}`
}

function failureText({ count, message }: FailureFigures): string {
  return count === 1 ? `failed: ${message}` : `failed ${count} times, last: ${message}`
}

function age(at: number | undefined, now: number): string {
  if (at === undefined) return '-'
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 120) return `${seconds} s ago`
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3600)} h ago`
}
