import type { ObjectStore, StoreReader } from '../../lambdas/core/ports.ts'
import { decodeRedrive, type RedriveJob, redriveFolder } from '../../lambdas/core/redrive/job.ts'
import { openJobsIn, type StoredJobs, storedJobs } from '../jobs/stored-jobs.ts'

/** The jobs of `npm run redrive` in an installation. */
export const redrivesOf = (ops: ObjectStore): StoredJobs<RedriveJob> => storedJobs(ops, redriveFolder, decodeRedrive)

/** The open ones, in the order of work. */
export const openRedrives = (ops: StoreReader): Promise<RedriveJob[]> => openJobsIn(ops, redriveFolder, decodeRedrive)
