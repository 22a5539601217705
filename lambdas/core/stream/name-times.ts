import type { ListedObject, StreamBucket } from './bucket.ts'

const dayMs = 86_400_000

/** How the names begin that show a minute: `YYYY/MM/DD/HH/mm`, UTC. */
export const minuteName = (time: number): string => new Date(time).toISOString().slice(0, 16).replace(/[-T:]/g, '/')

const dayPrefix = (time: number): string => minuteName(time).slice(0, 'YYYY/MM/DD/'.length)

/**
 * The next objects whose names show a day between two times, in the order of their names. Only an empty page is the
 * end.
 * @param after a name, or the beginning of one
 */
export async function pageOfDays(
  bucket: StreamBucket,
  { from, to }: { readonly from: number; readonly to: number },
  after?: string,
): Promise<readonly ListedObject[]> {
  for (let time = from; dayPrefix(time) <= dayPrefix(to); time += dayMs) {
    const prefix = dayPrefix(time)
    const isWithin = after?.startsWith(prefix)
    if (after !== undefined && !isWithin && after > prefix) continue
    const page = await bucket.list(prefix, isWithin ? after : undefined)
    if (page.length > 0) return page
  }
  return []
}
