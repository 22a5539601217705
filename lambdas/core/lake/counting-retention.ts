import { formIn, isNumber, objectOf, optional, type Passing } from '../json/forms.ts'
import type { ObjectStore } from '../ports.ts'
import { dayMs } from './partition.ts'

const key = 'retention.json'

/**
 * How long a retention must have held before it deletes: a mistake, or a deployment that is rolled back, deletes
 * nothing.
 */
const waitMs = 7 * dayMs

/** The retention as the janitor has seen it change. */
type Noted = Passing<typeof isNoted>

const isNoted = objectOf({
  days: isNumber,
  /** Since when it holds, in milliseconds since 1970. */
  since: isNumber,
  /** The longest retention that counted before, in days; absent if nothing is known. */
  before: optional(isNumber),
})

/**
 * The retention by which days are deleted. A lower one counts once it has held for a week; a higher one counts at once.
 * @param days the retention of the settings
 * @returns days; `undefined` as long as nothing is known of the last week, and nothing may be deleted
 */
export async function countingRetention(
  ops: Pick<ObjectStore, 'get' | 'put'>,
  days: number,
  now: number,
): Promise<number | undefined> {
  const noted = formIn((await ops.get(key))?.body, isNoted)
  if (noted?.days === days) return counting(noted, now)
  const before = noted && counting(noted, now)
  const changed: Noted = { days, since: now, ...(before !== undefined && { before }) }
  await ops.put(key, Buffer.from(JSON.stringify(changed)))
  return counting(changed, now)
}

/** The retention of the settings in days, as the janitor has noted it; `undefined` before its first run. */
export async function retentionNoted(ops: Pick<ObjectStore, 'get'>): Promise<number | undefined> {
  return formIn((await ops.get(key))?.body, isNoted)?.days
}

function counting({ days, since, before }: Noted, now: number): number | undefined {
  if (now - since >= waitMs) return days
  return before === undefined ? undefined : Math.max(days, before)
}
