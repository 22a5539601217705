import type { SimulatedAnswer } from './simulator-faults.ts'

/**
 * An error of Google's JSON APIs.
 * https://cloud.google.com/storage/docs/json_api/v1/status-codes
 */
export const apiError = (code: number, message: string, reason: string): SimulatedAnswer => ({
  status: code,
  headers: {},
  body: { error: { code, message, errors: [{ message, domain: 'global', reason }] } },
})

/** An error of the token endpoints (RFC 6749, 5.2). */
export const tokenError = (error: string, description: string, status = 400): SimulatedAnswer => ({
  status,
  headers: {},
  body: { error, error_description: description },
})

export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
