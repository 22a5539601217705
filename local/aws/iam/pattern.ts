/** Compiled once; there are as many as the template and the rules of faults hold. */
const compiled = new Map<string, RegExp>()

/** Whether a text fits a pattern of IAM, in which `*` stands for any text and `?` for one character. */
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

/** The six parts of an ARN are compared one by one: no wildcard reaches over a colon, except in the last. */
export function arnMatches(pattern: string, arn: string): boolean {
  const parts = (text: string) => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s.exec(text)?.slice(1)
  const given = parts(arn)
  return given !== undefined && (parts(pattern)?.every((part, index) => matches(part, given[index] ?? '')) ?? false)
}
