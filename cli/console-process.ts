import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { isPlainObject } from '../lambdas/core/json/forms.ts'

/**
 * The console of a run, in a process of its own, so that no query stops the run. What it takes of the machine,
 * `askLake` bounds.
 */
export interface ConsoleProcess {
  /** The link; `undefined` when it did not start. */
  readonly url: string | undefined
  /** What to print in place of the link. */
  readonly problem: string
  stop(): void
}

export interface ConsoleProcessOptions {
  /** The console ended by itself after its start; what to print then. */
  readonly onEnd?: (text: string) => void
  /** Longest time of its start, in milliseconds. @default 30 seconds */
  readonly startMs?: number
  /** The program. @default `cli/console.ts` */
  readonly program?: string
}

/** Starts the console of the run in a folder. A run works without it, so a fault ends in words. */
export async function startConsoleProcess(
  dataDir: string,
  { onEnd, startMs = 30_000, program = join(import.meta.dirname, 'console.ts') }: ConsoleProcessOptions = {},
): Promise<ConsoleProcess> {
  const child = fork(program, ['--data', dataDir], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-2_000)
  })
  let isWanted = true
  const stop = () => {
    isWanted = false
    child.kill('SIGTERM')
    if (child.connected) child.disconnect()
  }
  const started = await startOf(child, startMs)
  if (started.url === undefined) stop()
  // When its last words are read, too. It also ends by itself when this process does.
  child.on('close', () => {
    if (isWanted)
      onEnd?.(`The console has ended; the run goes on. The console's last words: ${complaint.trim() || 'none'}`)
  })
  return {
    url: started.url,
    problem: `The console did not start: ${complaint.trim() || started.problem}`,
    stop,
  }
}

/** The link that it sends, or why there is none. */
async function startOf(
  child: ChildProcess,
  startMs: number,
): Promise<{ readonly url: string | undefined; readonly problem: string }> {
  const { promise, resolve } = Promise.withResolvers<{ url: string | undefined; problem: string }>()
  const failed = (problem: string) => resolve({ url: undefined, problem })
  const timer = setTimeout(() => failed(`it took longer than ${startMs / 1_000} seconds`), startMs)
  child.on('error', ({ message }) => failed(message))
  // When all that it wrote is read.
  child.on('close', () => failed('it says no reason'))
  child.on('message', (message) => {
    if (isPlainObject(message) && typeof message.console === 'string') resolve({ url: message.console, problem: '' })
  })
  return await promise.finally(() => clearTimeout(timer))
}
