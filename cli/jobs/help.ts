import { installationHelp } from '../installation.ts'

/** The help that all kinds of jobs share. */
export const jobHelp = `\
  --from TIME       where the window begins: a day such as 2026-01-31, or 2026-01-31T12:00:00Z (UTC)
  --to TIME         where it ends, not included (default: now). The last five minutes are left out, because their
                    events may still be on their way
`

/** The rest of the shared help, which comes last. */
export const followHelp = `\
  --json            prints one JSON object for each change of a job; the last one has "ended": true
  --no-wait         orders the job and exits
  --cancel          cancels the job; rows that it has published stay. --from is needed only if several jobs are open
${installationHelp}
  --help            prints this

The source's own function does the work, with a quarter of the source's rate limit. It starts the job within minutes,
after new events and due sweeps. This command only shows the progress: leave it with Ctrl-C, and run the same command to
return to the job while it is open (without --to, to the job ordered without --to). If an equal job has ended, its
result is shown and a new job begins. "npm run status" lists open jobs, and the table collection_runs holds the result
of each.

Exits with 0 when the job is done, 1 after an error or when the job was cancelled, and 3 when it was left while the job
continues.
`
