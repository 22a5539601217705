import { printLine } from '../../local/screen/print.ts'
import { redrawing, type Screen } from '../../local/screen/redraw.ts'

/** What the command prints: messages that stay, and a line about what it waits for. Each is one line. */
export interface Display {
  note(text: string): void
  /** Called at intervals, whether or not anything has changed. */
  progress(text: string): void
  /** Ends the line of progress, before a question or the end. */
  stop(): void
}

/** Shortest time between lines of progress without a terminal, where every line is kept. In milliseconds. */
const plainMs = 10_000

export function createDisplay(
  out: Screen = process.stdout,
  env: Readonly<Record<string, string | undefined>> = process.env,
  now: () => number = Date.now,
): Display {
  const redraw = redrawing(out, env)
  if (redraw) {
    return {
      note: (text) => redraw.persist(text),
      progress: (text) => redraw.show([text]),
      stop() {
        redraw.clear()
        redraw.done()
      },
    }
  }
  let at = Number.NEGATIVE_INFINITY
  return {
    note: (text) => void printLine(text, out),
    progress(text) {
      if (now() - at < plainMs) return
      at = now()
      printLine(text, out)
    },
    stop() {},
  }
}
