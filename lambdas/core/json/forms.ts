/** Checks for JSON read from the store, which may be cut off, older than the code, or edited by hand. */

/** A check, and the type of the values that pass it. */
export type Check<T = unknown> = (value: unknown) => value is T
export type Passing<C> = C extends Check<infer T> ? T : never
type OptionalIn<M> = { [Name in keyof M]: undefined extends Passing<M[Name]> ? Name : never }[keyof M]
export type Members<M> = {
  readonly [Name in Exclude<keyof M, OptionalIn<M>>]: Passing<M[Name]>
} & { readonly [Name in OptionalIn<M>]?: Passing<M[Name]> }

export const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
export const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
export const isText = (value: unknown): value is string => typeof value === 'string'
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean'
export const oneOf =
  <const T extends string>(...values: readonly T[]): Check<T> =>
  (value): value is T =>
    values.some((one) => one === value)
export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || check(value)
export const listOf =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value): value is readonly T[] =>
    Array.isArray(value) && value.every(check)
/** Other members are accepted. */
export const objectOf =
  <M extends Readonly<Record<string, Check>>>(members: M): Check<Members<M>> =>
  (value): value is Members<M> =>
    isPlainObject(value) && Object.entries(members).every(([name, check]) => check(value[name]))

/** The JSON in a text or in the bytes of one; `undefined` when it is invalid. */
export function jsonIn(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text))
  } catch {
    // The error is dropped, because its message would quote the text, which may be a secret.
    return undefined
  }
}

/** The JSON in the bytes of a text; `undefined` when it lacks the form, or there are none. */
export function formIn<T>(body: Uint8Array | undefined, check: Check<T>): T | undefined {
  const value = body && jsonIn(body)
  return check(value) ? value : undefined
}

/** The JSON object in it; `undefined` when it is anything else. */
export function plainObjectIn(text: string | Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const value = jsonIn(text)
  return isPlainObject(value) ? value : undefined
}
