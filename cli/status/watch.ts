import { setTimeout as pause } from 'node:timers/promises'
import { redrawing, type Screen } from '../../local/screen/redraw.ts'
import { wrapped } from '../../local/screen/wrap.ts'
import { reasonOf } from '../installation.ts'
import type { Status } from './collect.ts'
import { exitCode } from './exit-code.ts'
import { statusText } from './render.ts'

/** A status, and when the run ended whose folder was read, in milliseconds since 1970. */
export interface Look {
  readonly status: Status
  readonly leftAt?: number | undefined
}

export interface WatchOptions {
  /** Shows every fact as well. */
  readonly all: boolean
  /** Ends it. */
  readonly signal: AbortSignal
  /** @default process.stdout */
  readonly stream?: Screen
  /** Read for `NO_COLOR` and `TERM`. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Time between two looks, in milliseconds. @default 5,000 */
  readonly periodMs?: number
}

/**
 * Draws the status again and again, until the signal comes. One that cannot be read is said and looked for again: a run
 * may just be starting.
 * @returns the exit status by the last look
 * @throws when the stream is no terminal
 */
export async function watchStatus(look: () => Promise<Look>, options: WatchOptions): Promise<number> {
  const { all, signal, stream = process.stdout, env = process.env, periodMs = 5_000 } = options
  const redraw = redrawing(stream, env)
  if (!redraw) throw new Error('--watch draws on a terminal, and this is none. Leave it out, and repeat the command.')
  let code = 0
  try {
    while (!signal.aborted) {
      const width = stream.columns ?? 80
      const shown = await look().then(
        ({ status, leftAt }) => ({ lines: [...statusText(status, { width, all, leftAt })], code: exitCode(status) }),
        (error: unknown) => ({ lines: wrapped(reasonOf(error), width), code: 1 }),
      )
      code = shown.code
      redraw.show(fitting(shown.lines, stream.rows ?? 24))
      await pause(periodMs, undefined, { signal }).catch(() => {})
    }
    return code
  } finally {
    redraw.done()
  }
}

/** The first lines of a status, whose end would push its beginning off the screen. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  const room = rows - 1
  const left = lines.length - room + 1
  return lines.length <= room ? lines : [...lines.slice(0, room - 1), `(${left} more lines: npm run status)`]
}
