import { printText } from '../local/screen/print.ts'
import { visible } from '../schemas/compiler/visible.ts'

/**
 * Runs a command: `--help` prints the help; an error of `run` is printed as a message, and the exit status is 1. Only
 * errors of the program itself are shown with their stack.
 * @param run resolves to the exit status
 */
export async function runCommand(help: string, run: () => Promise<number> | number): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    printText(help.trimEnd())
    return
  }
  // A reader that closes the pipe early, such as `head`, is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  process.on('uncaughtException', (error) => {
    printText(error.stack ?? error.message, process.stderr)
    process.exit(1)
  })
  try {
    process.exitCode = await run()
  } catch (error) {
    printText(complaint(error), process.stderr)
    process.exitCode = 1
  }
}

function complaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error.message.split('. ')[0]}. --help lists the options.`
  const ours = [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind)
  // Errors of the SDK quote what a service said; line breaks of all others are the program's own.
  if ('$fault' in error) return visible(error.message)
  return ours ? (error.stack ?? error.message) : error.message
}
