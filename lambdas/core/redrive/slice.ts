import type { RedriveJob } from './job.ts'

/** A part of the work on a job, as long as one run of the janitor has time. */
export interface Slice {
  /** The job with its progress so far. */
  job(): RedriveJob
  /** Notes progress, and saves it now and then. @returns false once another writer has changed the job */
  progress(job: RedriveJob): Promise<boolean>
  mayGoOn(): boolean
}
