import { usualPerSecond } from '../lambdas/core/redrive/letters.ts'
import { runCommand } from './command.ts'
import { installationHelp } from './installation.ts'
import { runRedrive } from './redrive/command.ts'

const help = `Sends back what could not be processed, after its cause was fixed and deployed.

  npm run redrive -- failures [options]
  npm run redrive -- dead-letters [options]

failures      reads the open rows of classification_failures again, as they would be read today, and publishes the
              events. Each becomes a row with the id and the time of receipt that it would have had at first, and the
              failure leaves the view open_failures. What fails again stays open.
dead-letters  sends the archived dead letters back to their queues, and moves them from dead/ to redriven/ in the ops
              bucket.

  --since TIME      only those received or archived since then: a day such as 2026-01-31, or 2026-01-31T12:00:00Z (UTC)
  --source ID       only those of this source
  --reason REASON   only those with this reason, such as internal or not_written
  --log-type TYPE   of failures: only those of this log type, such as GitHub.Webhook
  --queue NAME      of dead letters: only those of this queue: records, records-bulk, or as the letters name it
  --per-second N    of dead letters: how many to send in a second at most (default: ${usualPerSecond})
  --dry-run         only counts what would be sent back; failures are read again, but nothing is published
  --json            prints one JSON object for each change of the job; the last one has "ended": true
  --no-wait         orders the job and exits
  --cancel          cancels the open jobs that the other options describe; what was sent stays
${installationHelp}
  --help            prints this

The janitor does the work, beside its own, and starts within a minute. This command only shows the progress: leave it
with Ctrl-C, and run the same command to return to the job while it is open. A job may be repeated: rows that come twice
have equal ids, and merging keeps one.

Exits with 0 when the job is done, 1 after an error or when the job was cancelled, and 3 when it was left while the job
continues.
`

await runCommand(help, () => runRedrive(process.argv.slice(2)))
