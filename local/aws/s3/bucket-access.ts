import type { JsonObject } from '../../json.ts'
import type { AccessRequest } from '../iam/policy.ts'

/** What IAM must know of a bucket. */
export interface BucketGuard {
  /** Id of the account that owns it. */
  readonly owner: string
  readonly policy: JsonObject
}

/** IAM as S3 uses it. */
export interface BucketAccess {
  decide(request: AccessRequest): boolean
  /**
   * Replaces what guards a bucket.
   * @throws {TemplateError} naming a part of the policy that cannot be judged
   */
  guardBucket(bucket: string, guard: BucketGuard): void
}

/** For stores that are used without IAM. */
export const unguarded: BucketAccess = { decide: () => true, guardBucket: () => {} }
