import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError, TransientError } from '../errors.ts'
import type { ObjectStore } from '../ports.ts'

/** Lost races before giving up: each one lets another writer progress, so this many in a row have another cause. */
const attempts = 20

/** The address of a data file, as lists name it. */
export const urlOf = (bucket: string, key: string): string => `s3://${bucket}/${key}`

/**
 * The key of a file that a list names.
 * @throws {StoreError} when the file lies elsewhere, because an operator is editing the list by hand
 */
export function keyOf(url: string, bucket: string): string {
  const prefix = urlOf(bucket, '')
  if (url.startsWith(prefix)) return url.slice(prefix.length)
  throw new StoreError(`a list of live files names ${url}, which is not in ${prefix}`)
}

/** What becomes of a list; `undefined` leaves it as it is. */
type Change = (urls: readonly string[]) => readonly string[] | undefined

/**
 * Adds a data file to a partition's list of live files, unless it is there already. Queries read the list, so it
 * changes only by a conditional put: of two writers, one wins and the other tries again.
 * @param url `s3://bucket/key` of the data file
 * @throws {TransientError} when every attempt lost its race
 */
export async function addToList(store: ObjectStore, listKey: string, url: string): Promise<void> {
  await changeList(store, listKey, (urls) => (urls.includes(url) ? undefined : [...urls, url]))
}

/** A change of a list by which files take the place of others. All are URLs. */
export interface Swap {
  readonly removed: readonly string[]
  /** Files that must be on the list beside those removed, because rows are left out that they hold. */
  readonly needed: readonly string[]
  /**
   * Take the place of the first file that is removed; none when files are only taken off. No swap but this one adds
   * them.
   */
  readonly added: readonly string[]
  /**
   * Whether the list, as it is now, names files that the outcome was to be compared with as well. @default it never
   * does
   */
  readonly isOutdated?: (urls: readonly string[]) => boolean
}

/**
 * Replaces files of a list in one put, so that every query sees the rows either before or after.
 * @returns whether the list holds the outcome now; false when another merger has taken one of the files, or added one
 *   that makes this outcome outdated
 * @throws {TransientError} when every attempt lost its race
 */
export async function swapInList(
  store: ObjectStore,
  listKey: string,
  { removed, needed, added, isOutdated = () => false }: Swap,
): Promise<boolean> {
  let isSwapped = false
  await changeList(store, listKey, (urls) => {
    const live = new Set(urls)
    // The answer to an earlier try may have been lost; another merger may have taken some of these files since.
    isSwapped = added.some((url) => live.has(url))
    if (isSwapped || ![...removed, ...needed].every((url) => live.has(url)) || isOutdated(urls)) return undefined
    isSwapped = true
    const gone = new Set(removed)
    const [first] = removed
    return urls.flatMap((url) => (url === first ? added : gone.has(url) ? [] : [url]))
  })
  return isSwapped
}

/** Whether a list names a file. */
export async function isListed(store: ObjectStore, listKey: string, url: string): Promise<boolean> {
  return (await listedUrls(store, listKey)).includes(url)
}

/** The URLs in a list, in its order: files listed last were mostly written last. None when there is no list. */
export async function listedUrls(store: Pick<ObjectStore, 'get'>, listKey: string): Promise<string[]> {
  const list = await store.get(listKey)
  return list ? parseList(list.body) : []
}

async function changeList(store: ObjectStore, listKey: string, change: Change): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const current = await store.get(listKey)
    // An operator may have added a line that was there already.
    const changed = change(current ? [...new Set(parseList(current.body))] : [])
    if (changed === undefined) return
    const condition = current ? { etag: current.etag } : ({ absent: true } as const)
    if (await store.putIf(listKey, renderList(changed), condition)) return
    await sleep(Math.random() * Math.min(1_000, 20 * 2 ** attempt))
  }
  throw new TransientError(`${listKey}: lost ${attempts} races in a row`)
}

/** The URLs in a list, which an operator may have edited where lines end otherwise. */
export const parseList = (body: Uint8Array): string[] =>
  new TextDecoder()
    .decode(body)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)

const renderList = (urls: readonly string[]): Uint8Array =>
  new TextEncoder().encode(urls.map((url) => `${url}\n`).join(''))
