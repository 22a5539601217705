import { compileFailures } from '../../lambdas/core/intake/failure.ts'
import type { JsonObject } from '../../lambdas/core/json/json.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { type RunFacts, runRow } from '../../lambdas/core/poll/run-row.ts'
import { classificationFailures } from '../../schemas/generated/classification_failures.ts'
import { collectionRuns } from '../../schemas/generated/collection_runs.ts'
import { githubWebhook } from '../../schemas/generated/github_webhook.ts'

const webhook = compileNormalizer(githubWebhook).normalize
const run = compileNormalizer(collectionRuns).normalize
const failure = compileFailures(classificationFailures)

/** A webhook of the source `hooks`. @param event its members, such as `sender` */
export const webhookRow = (event: JsonObject, receivedAt = Date.now()): Row =>
  webhook(event, { sourceId: 'hooks', sourceLabel: 'Hooks', receivedAt })

/** A failure of the source `hooks`: an error of our own unless another one is given. */
export const failureRow = (bytes: Uint8Array, receivedAt: number, error: unknown = new TypeError('a bug')): Row =>
  failure(
    { error, bytes },
    { logType: 'GitHub.Webhook', origin: 'webhook' },
    {
      sourceId: 'hooks',
      sourceLabel: 'Hooks',
      receivedAt,
    },
  )

/** A run of the source `gh`. */
export function collectionRow(facts: Partial<RunFacts> & Pick<RunFacts, 'startedAt' | 'endedAt'>): Row {
  const counts = { requests: 1, fetched: 7, new: 5, duplicate: 2, failed: 0 }
  const rest = {
    stream: 'github.audit',
    logType: 'GitHub.Audit',
    outcome: 'done',
    lookBack: false,
    stretched: false,
  } as const
  const event: JsonObject = { ...runRow({ ...rest, counts, ...facts }) }
  return run(event, { sourceId: 'gh', sourceLabel: 'GitHub', receivedAt: facts.endedAt })
}
