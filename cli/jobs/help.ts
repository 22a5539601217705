import { installationHelp } from '../installation.ts'

/** Lines of the help that are the same for every kind of job. */
export const jobHelp = `\
  --from TIME       where the window begins: a day such as 2026-01-31, or 2026-01-31T12:00:00Z (UTC)
  --to TIME         where it ends; that moment is not part of it (default: now). The last five minutes are left to the
                    source itself, whose events may be on their way
`

/** The rest of them, which comes last. */
export const followHelp = `\
  --json            prints one JSON object for each change of a job; the last one has "ended": true
  --no-wait         gives the order and leaves
  --cancel          takes the job back; what it has published stays. --from is needed only to tell it from others
${installationHelp}
  --help            prints this

The source's own function does the work, with a quarter of the source's rate limit: it takes the job up within minutes,
after all that is new and the sweeps that are due. This command shows the progress only. It can be left with Ctrl-C, and
the same command comes back to its job as long as that is open; without --to, to the one that was ordered without --to.
A job that is through is mentioned, and a new one begins. "npm run status" lists open jobs, and the table
collection_runs what came of each.

Exits with 0 when the job is through, 1 when something is wrong or the job was cancelled, and 3 when it was left while
the job goes on.
`
