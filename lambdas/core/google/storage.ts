import { StoreError, TransientError } from '../errors.ts'
import { isText, plainObjectIn } from '../json/forms.ts'
import type { DownloadClient } from '../poll/provider/download.ts'
import type { HttpAnswer, HttpClient } from '../poll/provider/http.ts'
import type { StreamBucket } from '../stream/bucket.ts'
import { contentOf } from './content.ts'
import { objectFacts, objectFields } from './object-facts.ts'
import { saysMissing, storageRefusal } from './storage-refusal.ts'
import type { GoogleTokens } from './token.ts'

export interface StorageOptions {
  readonly bucket: string
  /** Base URL of the storage. */
  readonly url: string
  readonly tokens: GoogleTokens
  readonly http: HttpClient
  readonly download: DownloadClient
  /** The longest wait for each million bytes of a content, in milliseconds. @default 10,000 */
  readonly slowMs?: number
}

/** Objects of one listing; Google's maximum. */
const pageSize = '1000'

/**
 * A bucket of Google Cloud Storage over its JSON API: https://cloud.google.com/storage/docs/json_api/v1. Beside
 * `StoreError`, its calls throw `AuthError` for a refused identity and `ConfigError` for settings that cannot work.
 */
export function storageBucket({ bucket, url, tokens, http, download, slowMs = 10_000 }: StorageOptions): StreamBucket {
  const objects = `${url}/storage/v1/b/${encodeURIComponent(bucket)}/o`
  const addressOf = (name: string) => `gs://${bucket}/${name}`
  const authorized = authorizedBy(tokens)
  const ask = (address: string) =>
    authorized((token) => http({ url: address, headers: { accept: 'application/json', ...bearer(token) } }))
  return {
    addressOf,
    async list(prefix, after) {
      const what = `listing gs://${bucket}/${prefix}`
      const parameters = new URLSearchParams({
        prefix,
        maxResults: pageSize,
        fields: `items(${objectFields}),nextPageToken`,
        // Inclusive, so that the name itself is taken out below.
        ...(after !== undefined && { startOffset: after }),
      })
      for (;;) {
        const { answer, token } = await ask(`${objects}?${parameters}`)
        if (answer.status !== 200) throw storageRefusal(answer, what, token)
        const { items, next } = listingIn(answer, what)
        const listed = items.map((item) => objectFacts(item).object).filter(({ name }) => isAfter(name, after))
        if (listed.length > 0 || next === undefined) return listed
        if (next === parameters.get('pageToken')) throw new StoreError(`${what}: the listing goes round in a circle`)
        parameters.set('pageToken', next)
      }
    },
    async open(name) {
      if (!canExist(name)) return undefined
      const what = `reading ${addressOf(name)}`
      // One segment of the path: a slash of the name is escaped.
      const address = `${objects}/${encodeURIComponent(name)}`
      const { answer, token } = await ask(`${address}?${new URLSearchParams({ fields: objectFields })}`)
      if (saysMissing(answer)) return undefined
      if (answer.status !== 200) throw storageRefusal(answer, what, token)
      const facts = objectFacts(plainObjectIn(answer.bytes))
      const request = (position: number) =>
        authorized((bearerToken) =>
          download({
            url: `${address}?alt=media&generation=${facts.object.version}`,
            headers: {
              // Otherwise the storage unpacks what is marked as gzip: https://cloud.google.com/storage/docs/transcoding
              'accept-encoding': 'gzip',
              ...(position > 0 && { range: `bytes=${position}-` }),
              ...bearer(bearerToken),
            },
          }),
        )
      return { ...facts.object, read: () => contentOf(facts, what, request, slowMs) }
    },
  }
}

/** In the order of the storage: by UTF-8 bytes. */
const isAfter = (name: string, other: string | undefined): boolean =>
  other === undefined || Buffer.compare(Buffer.from(name), Buffer.from(other)) > 0

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Asks with a token, and once more with another when it is refused. Failures of the network are those of a store. */
function authorizedBy(tokens: GoogleTokens) {
  return async <A extends { readonly status: number; cancel?(): void }>(send: (token: string) => Promise<A>) => {
    try {
      const token = await tokens.next()
      const answer = await send(token)
      if (answer.status !== 401) return { answer, token }
      answer.cancel?.()
      const another = await tokens.next(token)
      return { answer: await send(another), token: another }
    } catch (error) {
      if (!(error instanceof TransientError) || error instanceof StoreError) throw error
      const { message, retryAt, fault } = error
      throw new StoreError(message, { cause: error, retryAt, fault })
    }
  }
}

/** Names by which an URL leads to another place, or that are no text, are none of the storage's. */
const canExist = (name: string): boolean => name !== '' && name !== '.' && name !== '..' && name.isWellFormed()

function listingIn({ bytes }: HttpAnswer, what: string): { readonly items: unknown[]; readonly next?: string } {
  const { items = [], nextPageToken: next } = plainObjectIn(bytes) ?? { items: null }
  if (!Array.isArray(items) || (next !== undefined && !isText(next))) {
    throw new StoreError(`${what}: the answer is not a listing. If this persists, check apiUrl`)
  }
  return { items, ...(next !== undefined && next !== '' && { next }) }
}
