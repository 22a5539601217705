import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { startConsole } from '../console/server/server.ts'
import { printJson, printLine } from '../local/screen/print.ts'
import { runCommand } from './command.ts'
import { installationHelp, installationOptions, namedOpsBucket, openInstallation } from './installation.ts'
import { portIn } from './port-option.ts'

const help = `Serves a web page over a local run or a stack on AWS: sources, events, failures, runs and SQL.

  npm run console -- [options]

${installationHelp}
  --port N          port of the page (default: any free one)
  --json            prints the link as one line of JSON
  --help            prints this

The page is served to this machine alone, and asks no other host. The link holds a token of this start: whoever has the link can read
what the credentials can read, show the secrets of webhooks, store credentials of sources and order redrives. On AWS, Athena bills the
bytes that it reads for the page, which shows them; a statement that reads a table without a bound on dt is refused. Ctrl-C ends it. "npm
start" serves the page of its own run.
`

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: { ...installationOptions, port: { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  const { data, port, json } = values
  const bucket = namedOpsBucket(values, process.env)
  const choice = bucket === undefined ? { data } : { 'ops-bucket': bucket }
  // A run that starts this command may not have written its facts yet.
  if (!process.connected) (await openInstallation(choice, {})).close()
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort())
  process.on('disconnect', () => stopping.abort())
  const { url, close } = await startConsole({ choice, ...(port !== undefined && { port: portIn(port) }) })
  if (process.connected) process.send?.({ console: url })
  else if (json) printJson({ console: url })
  else {
    printLine(`The console, for this machine alone, until Ctrl-C: ${url}`)
  }
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort')
  await close()
  // The channel to a run would keep this process alive.
  if (process.connected) process.disconnect()
  return 0
})
