/** Compiled patterns; their number is bounded by the template and the fault rules. */
const compiled = new Map<string, RegExp>()

/** Whether a text matches an IAM pattern, in which `*` stands for any text and `?` for one character. */
export function matches(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    const source = pattern
      .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
    expression = new RegExp(`^${source}$`, 's')
    compiled.set(pattern, expression)
  }
  return expression.test(text)
}

/** Compares the six parts of an ARN one by one: a wildcard crosses colons only in the last part. */
export function arnMatches(pattern: string, arn: string): boolean {
  const parts = (text: string) => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text)?.slice(1)
  const given = parts(arn)
  return given !== undefined && (parts(pattern)?.every((part, index) => matches(part, given[index] ?? '')) ?? false)
}
