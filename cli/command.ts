/**
 * Runs a command: `--help` prints the help; an error of `run` is printed as a message, and the exit status is 1. Only
 * errors of the program itself are shown with their stack.
 * @param run resolves to the exit status
 */
export async function runCommand(help: string, run: () => Promise<number> | number): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(help)
    return
  }
  // A reader that closes the pipe early, such as `head`, is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    process.exitCode = await run()
  } catch (error) {
    process.stderr.write(`${complaint(error)}\n`)
    process.exitCode = 1
  }
}

function complaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error.message.split('. ')[0]}. --help lists the options.`
  const ours = [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind)
  return ours ? (error.stack ?? error.message) : error.message
}
