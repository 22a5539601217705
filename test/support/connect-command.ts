import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { eventually } from './pipeline.ts'

/** A run of `npm run connect`. */
export interface ConnectCommand {
  /** Everything that it has printed so far. */
  printed(): string
  /** Waits until a text was printed. @returns everything printed until then */
  until(text: string): Promise<string>
  /** As Ctrl-C does. */
  interrupt(): void
  /** @returns the exit status and everything that it printed */
  end(): Promise<{ readonly code: number | null; readonly printed: string }>
}

/** Starts the command without a terminal. */
export function connectCommand(args: readonly string[], stdin = ''): ConnectCommand {
  const script = join(import.meta.dirname, '..', '..', 'cli', 'connect.ts')
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, NO_COLOR: '1' } })
  const exited = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
  }
  // It may end without having read its input.
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return {
    printed: () => text,
    async until(wanted) {
      await eventually(async () => text.includes(wanted) || child.exitCode !== null, Boolean)
      return text
    },
    interrupt: () => child.kill('SIGINT'),
    async end() {
      await exited
      return { code: child.exitCode, printed: text }
    },
  }
}
