import { runCommand } from './command.ts'
import { runJobCommand } from './jobs/command.ts'
import { followHelp, jobHelp } from './jobs/help.ts'

const help = `Reads a window of a source's past and publishes the events that the lake lacks, for example those from
before the source was set up.

  npm run backfill -- SOURCE --from TIME [options]

${jobHelp}\
  --dry-run         only estimates the effort: events, requests, time and cost
${followHelp('backfill')}`

await runCommand(help, () => runJobCommand('backfill', process.argv.slice(2)))
