import { z } from 'zod'
import { StoreError } from '../../lambdas/core/errors.ts'
import { type Consent, createOAuthFlow, type FlowAnswer, startPath } from '../../lambdas/core/oauth/flow.ts'
import { newAttempt, sign } from '../../lambdas/core/oauth/signed-link.ts'
import type { OAuthSource } from '../../lambdas/core/oauth/source.ts'
import type { SecretStore, SecretWriter } from '../../lambdas/core/ports.ts'
import { createCredentials } from '../../lambdas/core/webhook/credentials.ts'
import { memoryStore } from './memory-stores.ts'

export const noon = Date.parse('2026-01-15T12:00:00Z')
export const publicUrl = 'https://lake.example'
export const key = 'key-of-the-links-0123456789abcdefghij'
export const clientSecret = 'client-secret-of-nobody-0123456789'

const resultForm = z.object({ result: z.enum(['stored', 'refused']), says: z.string() })

export interface ConsentWorldOptions {
  readonly consentOf: (source: OAuthSource) => Promise<Consent>
  readonly sources?: readonly Partial<OAuthSource>[]
}

/** The two requests of consents over stores in memory, with a clock that stands. */
export function consentWorld({ consentOf, sources = [{ id: 'log' }, { id: 'other' }] }: ConsentWorldOptions) {
  const { store, objects, state, text } = memoryStore()
  const values = new Map([
    ['key', key],
    ['log-client', clientSecret],
    ['other-client', clientSecret],
  ])
  const reads: string[] = []
  const world = { now: noon, storeFails: false }
  const secrets: SecretStore = {
    async read(id, label) {
      reads.push(id)
      const value = label === 'AWSCURRENT' ? values.get(id) : undefined
      return value === undefined ? undefined : { value, createdAt: 0 }
    },
  }
  const tokens: SecretWriter = {
    async put(id, value) {
      if (world.storeFails) throw new StoreError('the secret cannot be stored')
      values.set(id, value)
    },
  }
  const flow = createOAuthFlow({
    sources: new Map(
      sources.map(({ id = 'log', ...others }) => [
        id,
        { id, type: 'any', clientId: 'Iv-1', clientSecretId: `${id}-client`, secretId: id, options: {}, ...others },
      ]),
    ),
    consentOf,
    publicUrl,
    keys: createCredentials({ store: secrets, previousHours: 0, now: () => world.now }),
    keySecretId: 'key',
    secrets,
    tokens,
    ops: store,
    now: () => world.now,
  })
  /** Opens a start link, as a browser does. */
  const start = (link: string): Promise<FlowAnswer> => {
    const { pathname, searchParams } = new URL(link)
    return flow.start({ sourceId: pathname.split('/')[2] ?? '', query: Object.fromEntries(searchParams) })
  }
  const callback = (query: Readonly<Record<string, string>>, sourceId = 'log'): Promise<FlowAnswer> =>
    flow.callback({ sourceId, query })
  return {
    world,
    store,
    objects,
    /** The store of attempts can be taken down. */
    state,
    values,
    reads,
    secrets,
    start,
    callback,
    attempt: (sourceId = 'log') => newAttempt(sourceId, world.now),
    link: (attempt = newAttempt('log', world.now), withKey = key) =>
      `${publicUrl}${startPath(attempt.sourceId)}?link=${sign('start', attempt, withKey)}`,
    /** The parameters with which a started person arrives at the provider. */
    parametersOf: ({ location = '' }: FlowAnswer) => Object.fromEntries(new URL(location).searchParams),
    /** The results of all attempts that ended. */
    results: () =>
      [...objects.keys()].flatMap((name) => {
        const { data } = resultForm.safeParse(JSON.parse(text(name)))
        return data ? [data] : []
      }),
    /** Everything that the flow has kept outside of secrets. */
    everything: () => [...objects.keys()].map((name) => `${name} ${text(name)}`).join('\n'),
  }
}
