import { isDeepStrictEqual } from 'node:util'
import { printJson, printLine } from '../../local/screen/print.ts'
import { type Redraw, redrawing, type Screen } from '../../local/screen/redraw.ts'
import { type JobView, jobJson, planText, progressText, resultText } from './text.ts'

/** The output of a job command, for people or scripts. */
export interface Display {
  /** Prints a message beside the states of jobs. */
  note(text: string): void
  /** Called at intervals, whether or not anything has changed. */
  show(views: readonly JobView[]): void
  /** Releases the terminal. */
  stop(): void
}

export interface DisplayOptions {
  readonly json: boolean
  readonly out?: Screen
  /** Takes notes when `out` is for a script. */
  readonly aside?: Screen
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Epoch milliseconds. */
  readonly now?: () => number
}

/** Shortest time between progress lines without a terminal, where every line is kept. In milliseconds. */
const plainMs = 10_000

export function createDisplay(options: DisplayOptions): Display {
  const { json, out = process.stdout, aside = process.stderr, env = process.env, now = Date.now } = options
  if (json) return jsonDisplay(out, aside)
  const redraw = redrawing(out, env)
  return redraw ? redrawnDisplay(redraw) : plainDisplay(out, now)
}

function jsonDisplay(out: Screen, aside: Screen): Display {
  const shown = new Map<string, object>()
  return {
    note: (text) => void printLine(text, aside),
    show(views) {
      for (const view of views) {
        const json = jobJson(view)
        if (isDeepStrictEqual(shown.get(view.job.id), json)) continue
        shown.set(view.job.id, json)
        printJson(json, out)
      }
    },
    stop() {},
  }
}

/** The texts that are printed once for each job: its estimate and its result. */
function milestones() {
  const said = new Set<string>()
  return function* (view: JobView): Generator<string> {
    const { source, job } = view
    const texts = [planText(job), job.end === undefined ? undefined : resultText(job)]
    for (const text of texts) {
      if (text === undefined || said.has(job.id + text)) continue
      said.add(job.id + text)
      yield `${source} (${job.stream}): ${text}`
    }
  }
}

function redrawnDisplay(redraw: Redraw): Display {
  const newTexts = milestones()
  return {
    note: (text) => redraw.persist(text),
    show(views) {
      for (const view of views) for (const text of newTexts(view)) redraw.persist(text)
      const open = views.filter(({ job }) => job.end === undefined)
      if (open.length > 0) redraw.show(open.map(progressText))
      else redraw.clear()
    },
    stop: () => redraw.done(),
  }
}

function plainDisplay(out: Screen, now: () => number): Display {
  const newTexts = milestones()
  const shown = new Map<string, { readonly at: number; readonly line: string }>()
  return {
    note: (text) => void printLine(text, out),
    show(views) {
      for (const view of views) {
        const { id, end } = view.job
        for (const text of newTexts(view)) printLine(text, out)
        const line = progressText(view)
        const last = shown.get(id)
        if (end !== undefined || line === last?.line || now() - (last?.at ?? 0) < plainMs) continue
        shown.set(id, { at: now(), line })
        printLine(line, out)
      }
    },
    stop() {},
  }
}
