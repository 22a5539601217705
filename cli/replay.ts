import { runCommand } from './command.ts'
import { runJobCommand } from './jobs/command.ts'
import { followHelp, replayHelp } from './jobs/help.ts'

const help = `Reads again the objects that a provider wrote into the bucket of a source in a window of time, whether or not they
were read before, and publishes their events: after objects were restored, or when rows of the lake were lost. Rows keep
their ids.

  npm run replay -- SOURCE --from TIME [options]

${replayHelp}\
  --dry-run         only counts the objects and estimates the effort: events, bytes, time and cost
${followHelp('replay')}`

await runCommand(help, () => runJobCommand('replay', process.argv.slice(2)))
