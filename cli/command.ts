/** A message for the person at the terminal; printed without a stack trace. */
class CommandError extends Error {}

/** Ends the command with a message that says what is wrong and what to do. */
export function fail(message: string): never {
  throw new CommandError(message)
}

/**
 * Runs a command: `--help` prints the help, a wrong option or {@link fail} prints one message and exits with 1.
 * @param run resolves to the exit status
 */
export async function runCommand(help: string, run: () => Promise<number>): Promise<void> {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(help)
    return
  }
  // A reader that has seen enough, such as `head`, is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    process.exitCode = await run()
  } catch (error) {
    if (!(error instanceof CommandError) && !isUsageError(error)) throw error
    process.stderr.write(`${error.message}\nSee --help.\n`)
    process.exitCode = 1
  }
}

const isUsageError = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
