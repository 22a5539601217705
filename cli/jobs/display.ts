import { isDeepStrictEqual } from 'node:util'
import { printJson, printLine } from '../../local/screen/print.ts'
import { type Redraw, redrawing, type Screen } from '../../local/screen/redraw.ts'
import type { Followed } from './follow.ts'
import { type JobView, jobJson, planText, progressText, resultText } from './text.ts'

type AnyView = Followed<{ readonly id: string; readonly end?: unknown }>

/** The words for jobs of one kind. */
export interface JobWords<View extends AnyView> {
  /** The job as an object of plain values. */
  json(view: View): object
  /** Its name, which begins each line about it. */
  name(view: View): string
  /** Lines that are printed once each: the estimate and the result, if there are any. */
  milestones(view: View): readonly string[]
  /** The progress, on one line. */
  progress(view: View): string
}

/** The output of a job command, for people or scripts. */
export interface Display<View = JobView> {
  /** Prints a message beside the states of jobs. */
  note(text: string): void
  /** Called at intervals, whether or not anything has changed. */
  show(views: readonly View[]): void
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

/** The words for jobs that read the past of a stream again. */
const pastWords: JobWords<JobView> = {
  json: jobJson,
  name: ({ source, job }) => `${source} (${job.stream})`,
  milestones: ({ job }) => [planText(job) ?? [], job.end === undefined ? [] : resultText(job)].flat(),
  progress: progressText,
}

/** The output of a command for jobs that read the past of a stream again. */
export const createDisplay = (options: DisplayOptions): Display => displayOf(pastWords, options)

export function displayOf<View extends AnyView>(words: JobWords<View>, options: DisplayOptions): Display<View> {
  const { json, out = process.stdout, aside = process.stderr, env = process.env, now = Date.now } = options
  if (json) return jsonDisplay(words, out, aside)
  const redraw = redrawing(out, env)
  return redraw ? redrawnDisplay(words, redraw) : plainDisplay(words, out, now)
}

function jsonDisplay<View extends AnyView>(words: JobWords<View>, out: Screen, aside: Screen): Display<View> {
  const shown = new Map<string, object>()
  return {
    note: (text) => void printLine(text, aside),
    show(views) {
      for (const view of views) {
        const json = words.json(view)
        if (isDeepStrictEqual(shown.get(view.job.id), json)) continue
        shown.set(view.job.id, json)
        printJson(json, out)
      }
    },
    stop() {},
  }
}

/** The texts that are printed once for each job. */
function milestones<View extends AnyView>(words: JobWords<View>) {
  const said = new Set<string>()
  return function* (view: View): Generator<string> {
    for (const text of words.milestones(view)) {
      if (said.has(view.job.id + text)) continue
      said.add(view.job.id + text)
      yield `${words.name(view)}: ${text}`
    }
  }
}

function redrawnDisplay<View extends AnyView>(words: JobWords<View>, redraw: Redraw): Display<View> {
  const newTexts = milestones(words)
  return {
    note: (text) => redraw.persist(text),
    show(views) {
      for (const view of views) for (const text of newTexts(view)) redraw.persist(text)
      const open = views.filter(({ job }) => job.end === undefined)
      if (open.length > 0) redraw.show(open.map(words.progress))
      else redraw.clear()
    },
    stop: () => redraw.done(),
  }
}

function plainDisplay<View extends AnyView>(words: JobWords<View>, out: Screen, now: () => number): Display<View> {
  const newTexts = milestones(words)
  const shown = new Map<string, { readonly at: number; readonly line: string }>()
  return {
    note: (text) => void printLine(text, out),
    show(views) {
      for (const view of views) {
        for (const text of newTexts(view)) printLine(text, out)
        const line = words.progress(view)
        const last = shown.get(view.job.id)
        if (view.job.end !== undefined || line === last?.line || now() - (last?.at ?? 0) < plainMs) continue
        shown.set(view.job.id, { at: now(), line })
        printLine(line, out)
      }
    },
    stop() {},
  }
}
