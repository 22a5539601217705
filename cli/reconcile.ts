import { runCommand } from './command.ts'
import { runJobCommand } from './jobs/command.ts'
import { followHelp, jobHelp } from './jobs/help.ts'

const help = `Compares a window of a source's past with the lake, event by event, reports how many events were missing,
and publishes them.

  npm run reconcile -- SOURCE --from TIME [options]

${jobHelp}${followHelp('reconcile')}`

await runCommand(help, () => runJobCommand('reconcile', process.argv.slice(2)))
