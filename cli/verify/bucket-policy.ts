import { jsonIn } from '../../lambdas/core/json/forms.ts'
import type { BucketStatement } from '../../settings/bucket-plan.ts'
import { isSameStatement, policyForm, type Statement } from '../same-statement.ts'

/** A statement that the stack makes, and what it is for. */
export interface PlannedStatement {
  readonly does: string
  readonly statement: BucketStatement
}

export interface PolicyFinding {
  readonly differences: readonly string[]
  /** The whole policy as it should be, as JSON. */
  readonly policy: string
}

/**
 * Compares the policy of a bucket with the statements that the stack makes.
 *
 * @param text the policy as JSON; undefined when the bucket has none
 * @param isKept whether a further statement may stay
 */
export function comparePolicy(
  text: string | undefined,
  planned: readonly PlannedStatement[],
  isKept: (statement: object) => boolean,
): PolicyFinding {
  const { data = {} } = policyForm.safeParse(jsonIn(text ?? '{}'))
  const there = [data.Statement ?? []].flat()
  const missing = planned.filter(({ statement }) => !there.some((one) => isSame(one, statement)))
  const others = there.filter((one) => !planned.some(({ statement }) => isSame(one, statement)))
  const foreign = others.filter((one) => !isKept(one))
  const kept = others.filter(isKept)
  return {
    differences: [
      ...missing.map(({ does }) => `no statement ${does}`),
      ...foreign.map((one) => `a statement is not of the stack: ${JSON.stringify(one)}`),
    ],
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [...planned.map(({ statement }) => statement), ...kept],
    }),
  }
}

/** Names of statements mean nothing, and a principal of all accounts can be written in two ways. */
function isSame(actual: Statement, planned: BucketStatement): boolean {
  const plain = ({ Sid: _, ...statement }: Statement) =>
    statement.Principal === '*' ? { ...statement, Principal: { AWS: '*' } } : statement
  return isSameStatement(plain(actual), plain({ ...planned }))
}
