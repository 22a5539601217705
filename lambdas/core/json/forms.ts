/** Checks for JSON read from the store, which may be cut off, older than the code, or edited by hand. */

export type Check = (value: unknown) => boolean

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value)
export const isText: Check = (value) => typeof value === 'string'
export const isFlag: Check = (value) => typeof value === 'boolean'
export const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value)
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
/** Other members are accepted. */
export const objectOf =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(members).every(([name, check]) => check(value[name]))

/** The form of a walk, from `walk.ts`. */
export const isWalk = objectOf({
  from: isNumber,
  to: isNumber,
  bound: optional(isNumber),
  newest: optional(isNumber),
  cursor: optional(objectOf({ next: isText, from: isNumber, to: isNumber })),
  failures: optional(isNumber),
  part: optional(isNumber),
})

/** The JSON in a text or in the bytes of one; `undefined` when it is invalid. */
export function jsonIn(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch {
    // The error is dropped, because its message would quote the text, which may be a secret.
    return undefined
  }
}

/** The JSON object in it; `undefined` when it is anything else. */
export function recordIn(text: string | Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const value = jsonIn(text)
  return isRecord(value) ? value : undefined
}
