import { printLine } from './print.ts'
import { redrawing, type Screen } from './redraw.ts'

/** The progress of a start, for people. */
export interface StartProgress {
  step(text: string): void
  /** Removes the line from a terminal. */
  stop(): void
}

/** Shows the current step and its duration: one line on a terminal, elsewhere a line per step. */
export function showStart(stream: Screen = process.stdout, env = process.env): StartProgress {
  const redraw = redrawing(stream, env)
  if (redraw === undefined) return { step: (text) => void printLine(`${text} ...`, stream), stop() {} }
  const began = Date.now()
  let current = ''
  const draw = () => redraw.show([`${current} ... ${Math.round((Date.now() - began) / 1000)} s`])
  const timer = setInterval(draw, 1000)
  return {
    step(text) {
      current = text
      draw()
    },
    stop() {
      clearInterval(timer)
      redraw.clear()
      redraw.done()
    },
  }
}
