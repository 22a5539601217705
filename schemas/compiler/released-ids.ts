import { firstFieldId } from '../standard-columns.ts'
import { fieldIdsFile } from './field-ids.ts'

/** Field ids by path; released files name every column, member and list element. */
export type ReleasedIds = Readonly<Record<string, number>>

/**
 * The problems of a table whose field ids were changed by hand: data files hold the released ones for good, so an id
 * stays with its path, and no other path gets it.
 */
export function idProblems(table: string, before: ReleasedIds, now: ReleasedIds): string[] {
  const owners = new Map(Object.entries(before).map(([path, id]) => [id, path]))
  return Object.entries(now).flatMap(([path, id]) => {
    const file = id < firstFieldId ? 'schemas/standard-columns.ts' : fieldIdsFile(table)
    const released = before[path]
    if (released === id) return []
    if (released !== undefined) {
      return [
        `${path}: has the field id ${id}, but was released with ${released}; write ${released} into ${file} again`,
      ]
    }
    const owner = owners.get(id)
    if (owner === undefined) return []
    const remedy = id < firstFieldId ? `give it an id in ${file} that was never used` : `remove its line from ${file}`
    return [`${path}: has the field id ${id}, which was released for ${owner}; ${remedy} and run npm run generate`]
  })
}
