import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { isRecord } from '../lambdas/core/json/forms.ts'

/** The console of a run, in a process of its own, so that no query takes time or memory from the run. */
export interface ConsoleProcess {
  /** The link; `undefined` when it did not start. */
  readonly url: string | undefined
  /** What to print in place of the link. */
  readonly problem: string
  stop(): void
}

/** Starts the console of the run in a folder. A run works without it, so a fault ends in words. */
export async function startConsoleProcess(dataDir: string): Promise<ConsoleProcess> {
  const child = fork(join(import.meta.dirname, 'console.ts'), ['--data', dataDir], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-2_000)
  })
  const ended = once(child, 'exit')
  // It also ends by itself when this process does.
  const first = await Promise.race([once(child, 'message'), ended.then(() => [undefined])])
  const [message] = first as unknown[]
  const url = isRecord(message) && typeof message.console === 'string' ? message.console : undefined
  return {
    url,
    problem: `The console did not start: ${complaint.trim() || 'it says no reason'}`,
    stop() {
      child.kill('SIGTERM')
      if (child.connected) child.disconnect()
    },
  }
}
