import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

export interface ToolRun {
  readonly ok: boolean
  readonly stdout: string
  /** What the tool wrote on both outputs, with a line about its end when that was not an ordinary exit. */
  readonly output: string
}

const limitSeconds = 180

/** Runs an installed tool in the project's folder, on the project's own Node, without colours. Never throws. */
export function runTool(root: string, tool: string, args: readonly string[]): Promise<ToolRun> {
  const bin = join(root, 'node_modules', '.bin')
  return new Promise((resolve) => {
    const child = spawn(join(bin, tool), args, {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitSeconds * 1000,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.on('error', (error) => resolve({ ok: false, stdout, output: `${tool} did not start: ${error.message}` }))
    child.on('close', (code, signal) => {
      const end = signal === null ? '' : `\n${tool} was ended by ${signal}; it may run ${limitSeconds} seconds.`
      resolve({ ok: code === 0, stdout, output: `${output.trim()}${end}` })
    })
  })
}
