import { once } from 'node:events'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { jsonIn } from '../lambdas/core/json/forms.ts'
import { watchParent } from '../local/process/parent-watch.ts'
import { type LocalRun, startLocal } from '../local/run.ts'
import { firstSteps } from '../local/screen/first-steps.ts'
import { printJson } from '../local/screen/print.ts'
import { showStart } from '../local/screen/start-progress.ts'
import { startTerminal, type Terminal } from '../local/screen/terminal.ts'
import { runCommand } from './command.ts'
import { type ConsoleProcess, startConsoleProcess } from './console-process.ts'
import { inShell } from './in-shell.ts'
import { localFolder } from './installation.ts'
import { listRows } from './lake-rows.ts'
import { portIn } from './port-option.ts'
import { sourceStates } from './source-states.ts'
import { openFolder } from './status/left-run.ts'

const help = `Runs the whole pipeline on this machine.

  npm start -- [options]

  --config FILE     settings file (default: audit-lake.yaml)
  --data FOLDER     folder for all data between runs (default: .audit-lake)
  --port N          port for webhooks (default: that of the last run in the folder if it is free, else any free port)
  --merge-every N   seconds between two looks for data files to merge, 60 to 1200 (default: 60, whatever the settings say)
  --no-simulators   without simulated providers: send webhooks yourself; polled sources use the real APIs
  --no-console      without the web page, whose link is printed last
  --json            prints one line of JSON once everything is ready, and nothing else
  --help            prints this

Ctrl-C stops it. While it runs, in another terminal: npm run query -- "show tables"
`

const defaultData = localFolder({})
/** One Ctrl-C can arrive twice within this time, because npm forwards the signal that the terminal has already sent. */
const echoMs = 1_000
/** Time between two looks at the states of sources, in milliseconds: each reads a few small files for a source. */
const statesMs = 5_000

await runCommand(help, async () => {
  const { json, console: withConsole, ...runOptions } = readOptions(process.argv.slice(2))
  const stopping = new AbortController()
  const progress = json ? undefined : showStart()
  let terminal: Terminal | undefined
  let run: LocalRun | undefined
  let page: ConsoleProcess | undefined
  stopOnRequest(stopping)
  try {
    const rowsBefore = json ? undefined : await rowsIn(runOptions.dataDir)
    run = await startLocal({
      ...runOptions,
      signal: stopping.signal,
      onProgress: (text) => progress?.step(text),
      onLogLine: (_, line) => terminal?.record(jsonIn(line)),
      onFunctionFailure: (name, message) => terminal?.functionFailed(name, message),
    })
    run.noteAlarms()
    if (withConsole) {
      progress?.step('Starting the console')
      page = await startConsoleProcess(runOptions.dataDir, { onEnd: (text) => terminal?.note(text) })
    }
    progress?.stop()
    if (json) printJson({ ...run.ready, ...(page?.url !== undefined && { console: page.url }) })
    else {
      terminal = show(run, runOptions.dataDir, runOptions.simulators)
      if (page) terminal.note(page.url === undefined ? page.problem : `Look at it: ${page.url}`)
      void rowsBefore?.rows.then(terminal.countBefore)
    }
    void showStates(terminal, run, runOptions.dataDir, stopping.signal)
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort')
    terminal?.note('Stopping: finishing the work under way.')
  } catch (error) {
    if (!stopping.signal.aborted) throw error
  } finally {
    progress?.stop()
    page?.stop()
    await run?.stop()
    if (run) terminal?.note(goodbye(run, runOptions.dataDir))
    terminal?.stop()
  }
  return 0
})

function stopOnRequest(stopping: AbortController): void {
  let since = Number.POSITIVE_INFINITY
  const stop = () => {
    // A second request ends without finishing the work under way; the functions end with this process.
    if (Date.now() - since > echoMs) process.exit(130)
    since = Math.min(since, Date.now())
    stopping.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  // If npm is killed, everything ends at once; acknowledged events are not lost.
  if (process.env.npm_lifecycle_event !== undefined) watchParent(() => process.exit(1))
}

/**
 * The rows of each source that a folder holds before its run begins. They are listed at once and counted while the run
 * starts; nothing for a new folder, or one that cannot be read.
 */
async function rowsIn(dataDir: string): Promise<{ readonly rows: Promise<ReadonlyMap<string, number>> }> {
  const left = await openFolder(dataDir, '').catch(() => undefined)
  const count = await (left && listRows(left.lake).catch(() => undefined))
  return { rows: count?.().catch(() => new Map<string, number>()) ?? Promise.resolve(new Map()) }
}

/**
 * Notes and shows the alarms that ring, and reads the states of the sources, again and again; a new folder holds none
 * within its first minute.
 */
async function showStates(
  terminal: Terminal | undefined,
  run: LocalRun,
  dataDir: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const ringing = run.noteAlarms()
    terminal?.showAlarms(ringing)
    const folder = terminal && (await openFolder(dataDir, dataOption(dataDir), Date.now).catch(() => undefined))
    const states = await (folder && sourceStates(folder).catch(() => undefined))
    if (states) terminal?.showStates(states.filter(({ source }) => run.sourceIds.includes(source)))
    await pause(statesMs, undefined, { signal }).catch(() => {})
  }
}

function show({ ready, sourceIds }: LocalRun, dataDir: string, simulated: boolean): Terminal {
  const terminal = startTerminal({ sources: sourceIds })
  const options = dataOption(dataDir)
  for (const line of firstSteps(ready, sourceIds, { simulated, options })) terminal.note(line)
  terminal.note(`In another terminal: npm run query -- ${options}"show tables"`)
  return terminal
}

/** Says where the data is, and what the template refused, if anything. */
function goodbye({ permissions }: LocalRun, dataDir: string): string {
  const { length: refused } = permissions.refused
  const calls =
    refused === 0 ? '' : ` The template refused ${refused} ${refused === 1 ? 'call' : 'calls'} of functions.`
  return `Stopped; all data is kept in ${dataDir}. Ask it: npm run query -- ${dataOption(dataDir)}"show tables".${calls}`
}

/** The option that names a folder to other commands; nothing for that by default. */
function dataOption(dataDir: string): string {
  return dataDir === defaultData ? '' : `--data ${inShell(path.relative(process.cwd(), dataDir) || '.')} `
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      config: { type: 'string' },
      data: { type: 'string' },
      port: { type: 'string' },
      'merge-every': { type: 'string' },
      simulators: { type: 'boolean', default: true },
      console: { type: 'boolean', default: true },
      json: { type: 'boolean', default: false },
    },
    allowNegative: true,
  })
  const { config, data, simulators, json, console } = values
  const port = values.port === undefined ? undefined : portIn(values.port)
  const every = values['merge-every']
  return {
    dataDir: localFolder({ data }),
    simulators,
    console,
    json,
    ...(port !== undefined && { port }),
    ...(every !== undefined && { mergeEverySeconds: secondsIn(every) }),
    ...(config !== undefined && { config }),
  }
}

function secondsIn(text: string): number {
  const seconds = Number(text)
  if (Number.isInteger(seconds) && seconds >= 60 && seconds <= 1_200) return seconds
  throw new Error(`--merge-every ${text} is not a number of seconds from 60 to 1200`)
}
