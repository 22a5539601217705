/**
 * What a command says of an error before it ends: the message, which is written for whoever runs it. Only an error of
 * the program itself is shown with its stack.
 */
export function complaint(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  if (code.startsWith('ERR_PARSE_ARGS')) return `${error.message.split('. ')[0]}. --help lists the options.`
  const ours = [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind)
  return ours ? (error.stack ?? error.message) : error.message
}
