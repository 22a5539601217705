import { redrawing, type Screen } from './redraw.ts'

/** What a person sees until the pipeline runs. */
export interface StartProgress {
  step(text: string): void
  /** Removes the line from a terminal. */
  stop(): void
}

/** The step that a start is busy with and for how long: one line on a terminal, otherwise a line for each step. */
export function showStart(stream: Screen = process.stdout, env = process.env): StartProgress {
  const update = redrawing(stream, env)
  if (update === undefined) return { step: (text) => void stream.write(`${text} ...\n`), stop() {} }
  const began = Date.now()
  let current = ''
  const draw = () => update(`${current} ... ${Math.round((Date.now() - began) / 1000)} s`)
  const timer = setInterval(draw, 1000)
  return {
    step(text) {
      current = text
      draw()
    },
    stop() {
      clearInterval(timer)
      update.clear()
      update.done()
    },
  }
}
