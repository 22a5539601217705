import { Logger } from '@aws-lambda-powertools/logger'
import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { oauthApps } from '../../connectors/generated/oauth.ts'
import { polledStreams } from '../../connectors/generated/polled.ts'
import { isChosen } from '../../connectors/manifest-streams.ts'
import { registered } from '../../connectors/registry.ts'
import { impatiently, webhookClients } from '../../core/aws/clients.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { secretStore, secretWriter } from '../../core/aws/secret-store.ts'
import { readVariables } from '../../core/env.ts'
import { createOAuthFlow } from '../../core/oauth/flow.ts'
import { pageOf } from '../../core/oauth/pages.ts'
import { reportConsent } from '../../core/oauth/report.ts'
import { parseOAuthSources } from '../../core/oauth/source.ts'
import { tryOut } from '../../core/oauth/try-out.ts'
import { createHttpClient } from '../../core/poll/provider/http.ts'
import { createCredentials } from '../../core/webhook/credentials.ts'
import { env } from './env.ts'

const { sources, publicUrl, keySecretId, opsBucket } = readVariables(process.env, env)
const { s3, secrets } = webhookClients()
const store = secretStore(secrets, impatiently)
// A browser waits, for at most the half minute of API Gateway: an exchange and a few trial requests have to fit.
const http = createHttpClient({ timeoutMs: 5_000 })
const flow = createOAuthFlow({
  sources: parseOAuthSources(sources, env.sources),
  async consentOf({ type, ...source }) {
    const [{ facts, connect }, streams] = await Promise.all([
      registered(oauthApps, type),
      registered(polledStreams, type),
    ])
    const chosen = streams.filter((stream) => isChosen(source.options, stream.facts.id))
    return {
      app: connect({ ...source, scopes: facts.scopes, http }),
      pkce: facts.pkce,
      tryOut: (secret) => tryOut({ ...source, streams: chosen, http }, secret),
    }
  },
  publicUrl,
  keys: createCredentials({ store, previousHours: 0 }),
  keySecretId,
  secrets: store,
  tokens: secretWriter(secrets, impatiently),
  ops: s3Store(s3, opsBucket, impatiently),
})
const logger = new Logger()

/** Leads the browser of a person who gives the credential of a source by consent. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>().handler(async (event) => {
  const request = { sourceId: event.pathParameters?.sourceId ?? '', query: event.queryStringParameters ?? {} }
  const answer = await (event.routeKey.endsWith('/start') ? flow.start(request) : flow.callback(request))
  reportConsent(answer, logger)
  return pageOf(answer.outcome, answer.location)
})
