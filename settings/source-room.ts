import type { z } from 'zod'
import { asciiJson } from './ascii.ts'
import { customDomainUrl } from './custom-domain.ts'
import type { Config, SourceSettings } from './settings.ts'
import { oauthClientOf, oauthVariable, sourceName, sourcesVariable } from './source-names.ts'
import type { SecretThing } from './source-secrets.ts'
import { sourceTypes } from './source-types.ts'
import { sourceFacts } from './stack-facts.ts'

/**
 * Lambda's limit for all environment variables of a function together. Its error message shows that it measures them as
 * JSON, in which a quotation mark inside a value counts twice.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
const ROOM_IN_BYTES = 4_096

/**
 * Bytes of the other variables of a webhook function and of the janitor, with the longest names that AWS gives. The
 * source type stands in two variables of a webhook function.
 */
const othersOfWebhook = (type: string): number => 340 + 2 * type.length
const OTHERS_OF_JANITOR = 1_490

/** Bytes that the key of consents adds to the variables of the janitor. */
const OAUTH_KEY = 160

/** Bytes of the other variables of the function for consents. */
const OTHERS_OF_OAUTH = 500

/** The longest address of an API, which stands among the other variables. */
const LONGEST_API_URL = 'https://abcdefghij.execute-api.ap-southeast-1.amazonaws.com.cn'

/** The end of the longest ARN that a secret of a source can have, unless people have named it. */
export const longestSecretName = (sourceId: string, name: SecretThing) =>
  `${sourceName(sourceId, name)}-123456789012-123456`

const longestArn = (sourceId: string, name: 'Secret' | 'ClientSecret' = 'Secret') =>
  `arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:${longestSecretName(sourceId, name)}`

const longestArns = (sourceId: string) => ({
  clientSecretId: longestArn(sourceId, 'ClientSecret'),
  secretId: longestArn(sourceId),
})

/** Where sources go that are too many for one stack. */
export const secondStack = 'from a second settings file in another account or region'

const remedy = `shorten ids and labels, let several webhooks share one source, or deploy the others ${secondStack}`

/** Checks that the sources fit into their functions' variables. The problem is reported at the first that does not. */
export function checkRoom({ sources, customDomain }: Config, context: z.core.$RefinementCtx<unknown>): void {
  // The sources of a webhook type share a function; every other source has its own.
  const ofWebhooks = sources.filter(({ type }) => sourceTypes.get(type)?.mode === 'webhook')
  const tooMany = [...Map.groupBy(ofWebhooks, ({ type }) => type)].map(([type, ofType]) => {
    const fitting = countFitting(ofType, othersOfWebhook(type), (some) => sourcesVariable(some, (id) => longestArn(id)))
    return { source: ofType[fitting], fitting, what: `the function of type ${type}` }
  })
  const byConsent = sources.filter((source) => oauthClientOf(source) !== undefined)
  const ofDomain = customDomain ? Math.max(0, customDomainUrl(customDomain).length - LONGEST_API_URL.length) : 0
  const ofJanitor = OTHERS_OF_JANITOR + ofDomain + (byConsent.length > 0 ? OAUTH_KEY : 0)
  const fitting = countFitting(sources, ofJanitor, (some) => sourceFacts(some, longestSecretName))
  tooMany.push({ source: sources[fitting], fitting, what: 'one deployment' })
  const consents = countFitting(byConsent, OTHERS_OF_OAUTH + ofDomain, (some) => oauthVariable(some, longestArns))
  tooMany.push({ source: byConsent[consents], fitting: consents, what: 'the function for oauth' })
  const [first] = tooMany
    .flatMap(({ source, ...others }) => (source === undefined ? [] : [{ index: sources.indexOf(source), ...others }]))
    .sort((a, b) => a.index - b.index)
  if (first === undefined) return
  const message = `${first.what} has room for ${first.fitting} sources like those before this one; ${remedy}`
  context.addIssue({ code: 'custom', path: ['sources', first.index], message })
}

/** How many of the sources, in order, fit into a variable beside the others. */
function countFitting(
  sources: readonly SourceSettings[],
  others: number,
  variable: (sources: readonly SourceSettings[]) => object,
): number {
  const taken = (count: number) => {
    const text = asciiJson(variable(sources.slice(0, count)))
    return others + Buffer.byteLength(JSON.stringify(text))
  }
  const tooMany = sources.findIndex((_, index) => taken(index + 1) > ROOM_IN_BYTES)
  return tooMany === -1 ? sources.length : tooMany
}
