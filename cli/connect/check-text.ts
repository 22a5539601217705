import { dayOf } from '../../lambdas/core/lake/partition.ts'
import { onOneLine } from '../../local/screen/one-line.ts'
import type { FoundCheck } from '../ask-for-checks.ts'

/** What the function of a source found out about a stream, in lines for people. */
export function checkLines({ stream, ok, fault, says, expiresAt, remarks = [] }: FoundCheck): string[] {
  const named = fault === undefined ? '' : ` (${fault})`
  const reason = says === undefined ? '' : `: ${onOneLine(says)}`
  const expiry = expiresAt === undefined ? [] : [`  The credential expires on ${dayOf(expiresAt)}.`]
  return [
    ok ? `${onOneLine(stream)}: the credential works.` : `${onOneLine(stream)}: it does not work${named}${reason}`,
    ...expiry,
    ...remarks.map((remark) => `  ${onOneLine(remark)}`),
  ]
}
