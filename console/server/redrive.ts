import { z } from 'zod'
import { isSameRedrive, type RedriveOrder, redriveJobOf } from '../../cli/redrive/order.ts'
import { redrivesOf } from '../../cli/redrive/stored.ts'
import { openRedriveText, redriveText, redriveWords } from '../../cli/redrive/text.ts'
import type { ObjectStore } from '../../lambdas/core/ports.ts'
import type { RedriveJob } from '../../lambdas/core/redrive/job.ts'
import type { Redrive } from '../api.ts'
import type { World } from './world.ts'

const choice = z.string().min(1).max(200)

export const redriveForm = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('failures'),
    source: choice.exactOptional(),
    reason: choice.exactOptional(),
    logType: choice.exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('dead-letters'),
    source: choice.exactOptional(),
    reason: choice.exactOptional(),
    queue: choice.exactOptional(),
  }),
])

/** Ended jobs that are shown. */
const lately = 20

/** Orders a job, or finds the open one of the same order, as `npm run redrive` does. */
export async function orderRedrive(world: World, wanted: z.infer<typeof redriveForm>): Promise<Redrive> {
  const { ops, now } = await world.open()
  const jobs = redrivesOf(ops)
  const order: RedriveOrder = { ...wanted, dryRun: false }
  const open = (await jobs.open()).find((job) => job.end === undefined && isSameRedrive(order, job))
  if (open) return redriveOf(open)
  const job = redriveJobOf(order, now())
  await jobs.place(job)
  return redriveOf(job)
}

/** The jobs that are open or ended lately, the newest first. */
export async function redrivesIn(ops: ObjectStore): Promise<Redrive[]> {
  const jobs = redrivesOf(ops)
  const [open, ended] = await Promise.all([jobs.open(), jobs.ended()])
  const byId = new Map([...open, ...ended.slice(0, lately)].map((job) => [job.id, job]))
  return [...byId.values()].sort((a, b) => b.createdAt - a.createdAt).map(redriveOf)
}

const redriveOf = (job: RedriveJob): Redrive => ({
  id: job.id,
  text:
    job.end === undefined
      ? openRedriveText({ job })
      : [`${redriveText(job)}.`, ...redriveWords.milestones({ job })].join(' '),
  isOpen: job.end === undefined,
})
