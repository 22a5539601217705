import { jsonIn } from '../../lambdas/core/json/forms.ts'
import { isSameStatement, policyForm, type Statement } from '../same-statement.ts'

/** Id of the statement that the command adds. */
const ours = 'AuditLake'

/** What becomes of a bucket's policy. */
export interface MergedPolicy {
  readonly change: 'added' | 'replaced' | 'unchanged'
  /** The whole policy, to be put in place of the one that is there. */
  readonly policy: string
}

/**
 * Adds the statement for the reader to a bucket's policy and keeps every other one.
 *
 * @param existing undefined when the bucket has no policy
 * @throws when the policy is not a JSON object with statements
 */
export function mergePolicy(existing: string | undefined, bucketArn: string, role: string): MergedPolicy {
  const { data } = policyForm.safeParse(jsonIn(existing ?? '{"Version":"2012-10-17"}'))
  if (!data) throw new Error("The bucket's policy has an unknown form: add the statement by hand.")
  const statement = readerStatement(bucketArn, role)
  const statements = [data.Statement ?? []].flat()
  const same = statements.find(({ Sid }) => Sid === ours)
  const others = statements.filter(({ Sid }) => Sid !== ours)
  const policy = JSON.stringify({ ...data, Statement: [...others, statement] })
  if (same === undefined) return { change: 'added', policy }
  return { change: isSameStatement(same, statement) ? 'unchanged' : 'replaced', policy }
}

/** Lets the role read objects, and list the bucket, without which a missing object looks forbidden. */
function readerStatement(bucketArn: string, role: string): Statement {
  return {
    Sid: ours,
    Effect: 'Allow',
    Principal: { AWS: role },
    Action: ['s3:GetObject', 's3:ListBucket'],
    Resource: [bucketArn, `${bucketArn}/*`],
  }
}

/** The statement for the policy of the key with which the bucket encrypts. */
export function keyStatement(role: string): Statement {
  return { Sid: ours, Effect: 'Allow', Principal: { AWS: role }, Action: 'kms:Decrypt', Resource: '*' }
}
