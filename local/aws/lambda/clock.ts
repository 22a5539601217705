import { existsSync, readFileSync } from 'node:fs'

/** The system's time, never shifted, in milliseconds since 1970. */
export const systemNow = Date.now

/** A long-running function notices a change of the file within this time, in milliseconds. */
const lookMs = 100

/**
 * Shifts `Date` in this process by the control file's `{"offsetMs": N}` and follows its changes; timers keep real time.
 *
 * @returns a function that reads the file now.
 */
export function shiftDate(file: string): () => void {
  let offset = 0
  const look = (): void => {
    offset = readOffset(file) ?? offset
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

/**
 * Reads the file each time, because file times are as coarse as 10 ms and can miss a change.
 *
 * @returns `undefined` while the file is being written.
 */
export function readOffset(file: string): number | undefined {
  if (!existsSync(file)) return 0
  const text = readFileSync(file, 'utf8')
  if (text === '') return undefined
  const { offsetMs }: { offsetMs?: unknown } = JSON.parse(text)
  if (typeof offsetMs !== 'number') throw new Error(`${file} should be {"offsetMs": milliseconds}`)
  return offsetMs
}
