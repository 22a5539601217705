import type { z } from 'zod'
import { HttpError } from './http-error.ts'

/** @throws {HttpError} with the first thing that is wrong */
export function formOf<T>(form: z.ZodType<T>, value: unknown): T {
  const { data, error } = form.safeParse(value)
  if (!error) return data
  const [issue] = error.issues
  // The value itself may be a credential.
  throw new HttpError(
    400,
    `${issue?.path.join('.') || 'The request'}: ${issue?.message ?? 'it is not as it has to be'}`,
  )
}

/** Parameters of an address, the first of each name. */
export const parametersIn = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...query].reverse().filter(([, value]) => value !== ''))
