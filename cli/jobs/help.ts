import type { Job } from '../../lambdas/core/poll/past/job.ts'
import { installationHelp } from '../installation.ts'

const fromHelp = `\
  --from TIME       where the window begins: a day such as 2026-01-31, or 2026-01-31T12:00:00Z (UTC)
`

/** The help on the window that the jobs which fetch share. */
export const jobHelp = `\
${fromHelp}\
  --to TIME         where it ends, not included (default: now). The last five minutes are left out, because their
                    events may still be on their way
`

/** The help on the window of a replay. */
export const replayHelp = `\
${fromHelp}\
  --to TIME         where it ends, not included (default: now). What counts is when an object was written: its events
                    can be older
`

/** Who does the work, and when. */
const worker = {
  fetches: `\
The source's own function does the work, with a quarter of the source's rate limit. It starts the job within minutes,
after new events and due sweeps.`,
  reads: `\
The source's own function does the work, in the time that new objects and the daily listing of the bucket leave. It
starts the job within minutes.`,
}

/** The rest of the shared help, which comes last. */
export const followHelp = (kind: Job['kind']): string => `\
  --json            prints one JSON object for each change of a job; the last one has "ended": true
  --no-wait         orders the job and exits
  --cancel          cancels the job; rows that it has published stay. --from is needed only if several jobs are open
${installationHelp}
  --help            prints this

${kind === 'replay' ? worker.reads : worker.fetches}

This command only shows the progress: leave it with Ctrl-C, and run the same command to return to the job while it is
open (without --to, to the job ordered without --to). If an equal job has ended, its result is shown and a new job
begins. "npm run status" lists open jobs, and the table collection_runs holds the result of each.

Exits with 0 when the job is done, 1 after an error or when the job was cancelled, and 3 when it was left while the job
continues.
`
