import { z } from 'zod'
import { nearest } from '../schemas/compiler/problem-wording.ts'
import type { Config } from './settings.ts'
import { longestSecretName } from './source-room.ts'
import { secretKey, secretsOf } from './source-secrets.ts'
import { beforeSecretName } from './stack-facts.ts'

/** The rules of S3 for names. https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = z
  .string()
  .regex(
    /^(?!xn--|sthree-)(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'must be the name of a bucket alone: 3 to 63 lower-case letters, digits, hyphens and dots',
  )

const secretArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
    'must be the whole ARN of a secret, as the output of the earlier stack shows it',
  )

/** The settings that name what an earlier stack left. */
export const leftBehind = {
  lakeBucketName: bucketName
    .optional()
    .describe('Name of the bucket with rows that an earlier stack left. Left out: the stack makes one.'),
  opsBucketName: bucketName
    .optional()
    .describe(
      'Name of the bucket with checkpoints and dead letters that an earlier stack left. Left out: the stack makes one.',
    ),
  secretArns: z
    .record(z.string(), secretArn)
    .optional()
    .describe(
      "ARNs of secrets that an earlier stack left, by the source's id; SOURCE.recovery is the secret of a webhook's recovery, and SOURCE.client the client secret for a consent. The stack makes the others.",
    ),
}

/** Checks the names together with the sources. They may be invalid, which is reported elsewhere. */
export function checkLeftBehind(config: Config, context: z.core.$RefinementCtx<unknown>): void {
  const { lakeBucketName, opsBucketName, secretArns = {}, sources } = config
  const refuse = (path: readonly string[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message })
  if (lakeBucketName !== undefined && lakeBucketName === opsBucketName)
    refuse(['opsBucketName'], 'names the lake bucket too; name the bucket of the output OpsBucketName')
  const longest = new Map(
    sources.flatMap((source) =>
      secretsOf(source).map((what) => [secretKey(source.id, what), longestSecretName(source.id, what).length] as const),
    ),
  )
  const firstKeys = new Map<string, string>()
  for (const [key, value] of Object.entries(secretArns)) {
    const arn = String(value)
    const room = longest.get(key)
    const [, name = ''] = arn.split(beforeSecretName)
    if (room === undefined) refuse(['secretArns', key], unknownKey(key, [...longest.keys()]))
    else if (name.length > room)
      refuse(
        ['secretArns', key],
        `has a name of ${name.length} characters, and the functions have room for ${room}; remove it, and copy its value into the secret that the stack makes`,
      )
    const first = firstKeys.get(arn)
    if (first !== undefined)
      refuse(['secretArns', key], `is also the secret of ${first}; each secret belongs to one source`)
    else firstKeys.set(arn, key)
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  const hint = near === undefined ? `the sources have ${known.join(', ') || 'none'}` : `did you mean "${near}"?`
  return `is not the key of a secret that a source has; ${hint}`
}
