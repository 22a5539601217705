import { expect, test } from 'vitest'
import { noCounts } from '../../../../../lambdas/core/poll/counts.ts'
import {
  decodeJob,
  encodeJob,
  endedJobs,
  type Job,
  jobFile,
  openJobs,
} from '../../../../../lambdas/core/poll/past/job.ts'
import { createJobFinder } from '../../../../../lambdas/core/poll/past/open-jobs.ts'
import { workOnJobs } from '../../../../../lambdas/core/poll/past/work-on-jobs.ts'
import { epoch, pollWorld } from '../../../../support/poll-world.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const stateFolder = 'state/model/'

/** Below a request a minute, live polling takes all of it. */
const ofGithub = (percent: number) => (1_750 * percent) / 100

test.each([4, 5, 10, 20, 100])('a job ends with %d percent of the limit', async (percent) => {
  const world = pollWorld({ order: 'newest-first', pageSize: 10, facts: { requestsPerHour: ofGithub(percent) } })
  for (let n = 0; n < 20; n++) world.provider.expose(3 * day + minute + n * hour)
  const from = epoch - 4 * day
  const job: Job = {
    id: 'job',
    kind: 'backfill',
    stream: 'model.events',
    from,
    to: from + day,
    createdAt: epoch,
    dryRun: false,
    until: from,
    counts: noCounts,
  }
  world.objects.set(`${openJobs(stateFolder)}${jobFile(job)}`, encodeJob(job))
  const ended = `${endedJobs(stateFolder)}${jobFile(job)}`
  const requests = world.provider.requests
  let hours = 0
  for (; hours < 24 && !world.objects.has(ended); hours += 1 / 60) {
    await world.run({
      startAt: epoch - hour,
      async afterwards(ports, spare) {
        const findJobs = createJobFinder(ports.store, stateFolder, ports.now)
        await workOnJobs({ ...ports, stateFolder, findJobs, requestsPerHour: ofGithub(percent) }, spare)
      },
    })
    world.clock.time += minute
  }
  const body = world.objects.get(ended)
  expect(body && decodeJob(body)).toMatchObject({ end: 'done', counts: { new: 20 } })
  expect((world.provider.requests - requests) / Math.max(1, hours)).toBeLessThan(ofGithub(percent) * 1.2 + 5)
})
