import { z } from 'zod'
import type { SourceOption } from '../lambdas/connectors/manifest.ts'
import { streamsOption } from '../lambdas/connectors/manifest-streams.ts'
import type { OptionValues, SourceSettings } from './settings.ts'
import { oauthClientOf, recoveryOf } from './source-names.ts'
import { sourceTypes } from './source-types.ts'

/** The facts of a deployed stack that the commands need; the janitor stores them as `stack.json` in the ops bucket. */
export type StackFacts = z.infer<typeof stackFactsForm>

export const stackFactsForm = z.object({
  region: z.string(),
  /** Names. */
  buckets: z.object({ lake: z.string(), ops: z.string() }),
  /** URLs. */
  queues: z.object({
    records: z.string(),
    recordsBulk: z.string(),
    deadLetters: z.string(),
    /** Absent in what an older stack wrote. */
    merges: z.string().optional(),
  }),
  /** ARN of the topic that tells people of alarms; absent in what an older stack wrote. */
  alarmTopic: z.string().optional(),
  /** Name of the Glue database. */
  database: z.string(),
  /** Name of the Athena workgroup. */
  workgroup: z.string(),
  /** Absent in what an older stack wrote. */
  webhooks: z
    .object({
      /** Base URL, without a slash at its end. */
      url: z.string(),
      /** The beginning of the ARNs of secrets. */
      secrets: z.string(),
    })
    .optional(),
  /** The secret that signs start links; absent when no credential is given by consent. */
  oauthKeySecretId: z.string().optional(),
  /** That sources say whether they have a recovery; absent in what an older stack wrote. */
  namesRecoveries: z.literal(true).optional(),
  /** By the source's id. */
  sources: z.record(
    z.string(),
    z.object({
      type: z.string(),
      label: z.string(),
      /** Which streams of its type it reads, if not all. */
      [streamsOption]: z.string().optional(),
      /** The end of the ARN of a webhook's secret; other sources have a function that notes its own. */
      secret: z.string().optional(),
      /** The end of the ARN of the client secret, where people give the credential by consent. */
      clientSecret: z.string().optional(),
      /** Set for a webhook source that has failed deliveries sent again. */
      recovery: z.literal(true).optional(),
      /** The options of a webhook source that differ from their defaults. */
      options: z.record(z.string(), z.string()).optional(),
    }),
  ),
})

/**
 * The URL and the secret of a webhook source; `undefined` for other sources, or when an older stack wrote the facts.
 */
export function webhookOf(
  { webhooks, sources }: StackFacts,
  sourceId: string,
): { readonly url: string; readonly secretId: string; readonly options: Readonly<Record<string, string>> } | undefined {
  const { type: name = '', secret, options = {} } = sources[sourceId] ?? {}
  const type = sourceTypes.get(name)
  if (type?.mode !== 'webhook' || webhooks === undefined || secret === undefined) return undefined
  const standard = Object.entries(type.options).flatMap(([option, fact]) =>
    fact.kind === 'text' && fact.default !== undefined ? [[option, fact.default] as const] : [],
  )
  return {
    url: `${webhooks.url}/${type.path}/${sourceId}`,
    secretId: `${webhooks.secrets}${secret}`,
    options: { ...Object.fromEntries(standard), ...options },
  }
}

/** Where people consent; `undefined` for a source whose credential is put in by hand. */
export function consentOf(
  { webhooks, sources, oauthKeySecretId: keySecretId }: StackFacts,
  sourceId: string,
): { readonly apiUrl: string; readonly keySecretId: string; readonly clientSecretId: string } | undefined {
  const { clientSecret } = (Object.hasOwn(sources, sourceId) && sources[sourceId]) || {}
  if (clientSecret === undefined || webhooks === undefined || keySecretId === undefined) return undefined
  return { apiUrl: webhooks.url, keySecretId, clientSecretId: `${webhooks.secrets}${clientSecret}` }
}

/** What every ARN of a secret has between its account and its name. */
export const beforeSecretName = ':secret:'

/** @param secretName the end of the ARN of a webhook's secret, or of a client secret: its name with the suffix */
export function sourceFacts(
  sources: readonly SourceSettings[],
  secretName: (sourceId: string, what: 'Secret' | 'ClientSecret') => string,
): StackFacts['sources'] {
  return Object.fromEntries(
    // A source whose settings are invalid, which is reported elsewhere, may have no options.
    sources.map((source) => {
      const { id, type: name, label, options = {} } = source
      const type = sourceTypes.get(name)
      const { [streamsOption]: choice } = options
      const isPartial = typeof choice === 'string' && choice !== 'both'
      const ofWebhook = type?.mode === 'webhook' && {
        secret: secretName(id, 'Secret'),
        ...(type.recovery && recoveryOf({ ...source, options }) && { recovery: true as const }),
        ...changed(options, type.options),
      }
      const byConsent = oauthClientOf(source) !== undefined && { clientSecret: secretName(id, 'ClientSecret') }
      return [id, { type: name, label, ...(isPartial && { [streamsOption]: choice }), ...ofWebhook, ...byConsent }]
    }),
  )
}

/** The texts among the options that are not the defaults; nothing when there are none. */
function changed(
  options: OptionValues,
  facts: Readonly<Record<string, SourceOption>>,
): { readonly options?: Readonly<Record<string, string>> } {
  const texts = Object.entries(options).flatMap(([name, value]) => {
    const fact = facts[name]
    const standard = fact?.kind === 'text' ? fact.default : undefined
    return typeof value === 'string' && value !== standard ? [[name, value] as const] : []
  })
  return texts.length === 0 ? {} : { options: Object.fromEntries(texts) }
}
