import type { ObjectStore } from '../../ports.ts'
import { jobBell, openJobs } from './job.ts'

/** Most jobs that one run looks at; an operator starts few at a time. */
const mostJobs = 100

/** How long the jobs go unlisted while the bell stays the same: a command may end before it has rung. */
const longestMs = 3_600_000

/**
 * Finds a source's open jobs, called by every run. A listing costs as much as a dozen reads, so a process that has
 * found none reads the bell instead, until a command rings it.
 * @returns gives the keys of their files, the oldest first
 */
export function createJobFinder(store: ObjectStore, stateFolder: string, now: () => number) {
  let none: { readonly bell: string | undefined; readonly at: number } | undefined
  return async (): Promise<readonly string[]> => {
    const bell = (await store.get(jobBell(stateFolder)))?.etag
    if (none && none.bell === bell && now() - none.at < longestMs) return []
    const keys = (await store.list(openJobs(stateFolder), mostJobs)).map(({ key }) => key)
    none = keys.length === 0 ? { bell, at: now() } : undefined
    return keys
  }
}
