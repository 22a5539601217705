import { z } from 'zod'
import {
  allowAccessLogs,
  type BucketPlan,
  denyPlainHttp,
  denyReplacing,
  lakePlan,
  opsPlan,
  streamMarks,
} from '../../settings/bucket-plan.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import { beforeSecretName, type StackFacts } from '../../settings/stack-facts.ts'
import { isSameStatement } from '../same-statement.ts'
import type { PlannedStatement } from './bucket-policy.ts'

/** A bucket as the stack would set it up. */
export interface PlannedBucket {
  readonly bucket: 'lake' | 'ops'
  readonly name: string
  /** Undefined when the retention is not known. */
  readonly plan: BucketPlan | undefined
  readonly statements: readonly PlannedStatement[]
  /** Whether a further statement of its policy is one of the stack. */
  readonly isKept: (statement: object) => boolean
}

/** @param retentionDays retention of rows; undefined when it is not known */
export function plannedBuckets(facts: StackFacts, retentionDays: number | undefined): PlannedBucket[] {
  return [lakeBucket(facts, retentionDays), opsBucket(facts)]
}

function lakeBucket(facts: StackFacts, retentionDays: number | undefined): PlannedBucket {
  const { arn } = accountOf(facts)
  const plan = lakePlan(retentionDays ?? 0)
  return {
    bucket: 'lake',
    name: facts.buckets.lake,
    plan: retentionDays === undefined ? undefined : plan,
    statements: denials(arn(facts.buckets.lake), plan),
    isKept: () => false,
  }
}

function opsBucket(facts: StackFacts): PlannedBucket {
  const { arn, account } = accountOf(facts)
  const { lake, ops } = facts.buckets
  const isStream = ({ type }: { readonly type: string }) => sourceTypes.get(type)?.mode === 'stream'
  const streams = Object.entries(facts.sources).filter(([, source]) => isStream(source))
  const plan = { ...opsPlan, expirations: [...opsPlan.expirations, ...streams.map(([id]) => streamMarks(id))] }
  const accessLogs = allowAccessLogs(arn(ops), arn(lake), account)
  const withoutCondition = ({ Condition: _, ...statement }: { readonly Condition?: unknown }) => statement
  return {
    bucket: 'ops',
    name: ops,
    plan,
    statements: [
      ...denials(arn(ops), plan),
      { does: 'lets S3 put the access logs of the lake here', statement: accessLogs },
    ],
    // The buckets of streams have their access logs here as well.
    isKept: (statement) =>
      isOfAccount(statement, account) && isSameStatement(withoutCondition(statement), withoutCondition(accessLogs)),
  }
}

const sourceForm = z.object({
  Condition: z.object({ StringEquals: z.object({ 'aws:SourceAccount': z.string() }) }),
})

/** Whether a statement holds for the services of one account alone. */
function isOfAccount(statement: object, account: string): boolean {
  const { data } = sourceForm.safeParse(statement)
  return data?.Condition.StringEquals['aws:SourceAccount'] === account
}

function denials(arn: string, { writeOnce }: BucketPlan): PlannedStatement[] {
  return [
    { does: 'refuses requests without TLS', statement: denyPlainHttp(arn) },
    {
      does: `refuses to replace objects below ${writeOnce.join(', ')} (WriteOnce)`,
      statement: denyReplacing(arn, writeOnce),
    },
  ]
}

/** The account of the stack, from the beginning of the ARNs of its secrets. */
function accountOf({ webhooks }: StackFacts) {
  const [, partition = 'aws', , , account = ''] = (webhooks?.secrets ?? '').replace(beforeSecretName, '').split(':')
  return { account, arn: (bucket: string) => `arn:${partition}:s3:::${bucket}` }
}
