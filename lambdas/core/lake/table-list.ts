import { setTimeout as sleep } from 'node:timers/promises'
import { TransientError } from '../errors.ts'
import type { ObjectStore } from '../ports.ts'

/** Lost races before giving up: each one lets another writer progress, so this many in a row have another cause. */
const attempts = 20

/**
 * Adds a data file to a partition's list of live files, unless it is there already. Queries read the list, so it
 * changes only by a conditional put: of two writers, one wins and the other tries again.
 * @param url `s3://bucket/key` of the data file
 * @throws {TransientError} when every attempt lost its race
 */
export async function addToList(store: ObjectStore, listKey: string, url: string): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const current = await store.get(listKey)
    const urls = current ? parseList(current.body) : []
    if (urls.includes(url)) return
    const condition = current ? { etag: current.etag } : ({ absent: true } as const)
    if (await store.putIf(listKey, renderList([...urls, url]), condition)) return
    await sleep(Math.random() * Math.min(1_000, 20 * 2 ** attempt))
  }
  throw new TransientError(`${listKey}: lost ${attempts} races in a row`)
}

/** The URLs in a list. */
export const parseList = (body: Uint8Array): string[] => new TextDecoder().decode(body).split('\n').filter(Boolean)

const renderList = (urls: readonly string[]): Uint8Array =>
  new TextEncoder().encode(urls.map((url) => `${url}\n`).join(''))
