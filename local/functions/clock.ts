import { readFileSync, statSync } from 'node:fs'

/** The system's time, which nothing here changes. Milliseconds since 1970. */
export const systemNow = Date.now

/** A function that works for long sees a change of the file within this time. */
const lookMs = 100

/**
 * Shifts `Date` in this process by what a control file says, `{"offsetMs": N}`, and follows changes of the file. Timers
 * are not shifted.
 *
 * @returns a look at the file now.
 */
export function shiftDate(file: string): () => void {
  let stamp = 0
  let offset = 0
  const look = (): void => {
    const { mtimeMs = 0, size = 1 } = statSync(file, { throwIfNoEntry: false }) ?? {}
    // An empty file is one that is being written.
    if (mtimeMs === stamp || size === 0) return
    stamp = mtimeMs
    offset = mtimeMs === 0 ? 0 : readOffset(file)
  }
  const now = (): number => systemNow() + offset
  const shifted = new Proxy(Date, {
    apply: () => new Date(now()).toString(),
    construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  })
  Date.now = now
  Date.prototype.constructor = shifted
  globalThis.Date = shifted
  setInterval(look, lookMs).unref()
  look()
  return look
}

function readOffset(file: string): number {
  const { offsetMs }: { offsetMs?: unknown } = JSON.parse(readFileSync(file, 'utf8'))
  if (typeof offsetMs !== 'number') throw new Error(`${file} should be {"offsetMs": milliseconds}`)
  return offsetMs
}
