import { hash } from 'node:crypto'
import { listAll } from '../aws/list-all.ts'
import { dayOf } from '../lake/partition.ts'
import type { ObjectStore } from '../ports.ts'
import type { ListedObject } from './bucket.ts'

type Marked = Pick<ListedObject, 'name' | 'version' | 'writtenAt'>

/**
 * Which objects of a stream have been read, one small object for each, by the UTC day on which it was written:
 * `<folder>read/<day>/<hash of name and version>`. A lifecycle rule removes them after 15 days.
 */
export interface ReadMarks {
  /** Whether an object has been read whole. */
  has(object: Marked): Promise<boolean>
  /** Notes that an object has been read whole: only once all of its rows are durable. */
  add(object: Marked): Promise<void>
  /** A check of many objects at the cost of one listing a day; what is added later is not seen. */
  snapshot(): (object: Marked) => Promise<boolean>
}

/** The folder of the marks; `stateFolder` ends with a slash. */
const marksFolder = (stateFolder: string): string => `${stateFolder}read/`

export function readMarks(store: ObjectStore, stateFolder: string): ReadMarks {
  const folderOf = ({ writtenAt }: Marked) => `${marksFolder(stateFolder)}${dayOf(writtenAt)}/`
  const keyOf = (object: Marked) => folderOf(object) + nameOf(object)
  return {
    has: async (object) => (await store.get(keyOf(object))) !== undefined,
    add: ({ name, version, writtenAt }) =>
      store.put(keyOf({ name, version, writtenAt }), Buffer.from(JSON.stringify({ name, version }))),
    snapshot() {
      const days = new Map<string, Promise<ReadonlySet<string>>>()
      return async (object) => {
        const folder = folderOf(object)
        const known = days.get(folder) ?? keysBelow(store, folder)
        days.set(folder, known)
        return (await known).has(keyOf(object))
      }
    },
  }
}

const nameOf = ({ name, version }: Marked): string =>
  hash('sha256', JSON.stringify([name, version]), 'hex').slice(0, 32)

async function keysBelow(store: ObjectStore, folder: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>()
  for await (const { key } of listAll(store, folder)) keys.add(key)
  return keys
}
