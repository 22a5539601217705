import { z } from 'zod'

const statementForm = z.looseObject({ Sid: z.string().optional() })

/** The policy of a bucket, which may have members that are not ours. */
export const policyForm = z.looseObject({ Statement: z.union([z.array(statementForm), statementForm]).optional() })

export type Statement = z.infer<typeof statementForm>

/**
 * Whether two statements of policies say the same: without the order of members, actions and resources, which S3 need
 * not keep, and whether a single one is in a list.
 */
export function isSameStatement(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other)
}

function canonical(value: unknown): string {
  if (Array.isArray(value) && value.length === 1) return canonical(value[0])
  if (Array.isArray(value)) return `[${value.map(canonical).sort()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)}}`
}
