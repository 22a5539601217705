import { FixtureFolder } from './fixture-folder.ts'

/**
 * Requests as a provider sends them: the files of `test/fixtures/http/<provider>/<stream>/`, which the docs describe.
 */
export interface RecordedWebhook {
  readonly options: Readonly<Record<string, string>>
  readonly secret: string
  /**
   * Headers of every request. The proof holds `{{secret}}`, or `{{hmacSha256Hex}}` for the HMAC of the body with the
   * secret.
   */
  readonly headers: Readonly<Record<string, string>>
  /** The request of `events.json`. */
  readonly events: RecordedRequest
  readonly others: readonly RecordedRequest[]
}

export interface RecordedRequest {
  readonly name: string
  /** Beside those of every request. */
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  /** Rows that it becomes. */
  readonly events: number
  /** Parts of it that are kept aside. */
  readonly failures: number
}

const files = ['connection', 'events']

/** What a webhook's fixtures lack, as an instruction; `undefined` when they are complete. */
export const missingWebhookFixtures = (sourceType: string): string | undefined =>
  new FixtureFolder(sourceType).lacks(files)

export function readRecordedWebhook(sourceType: string): RecordedWebhook {
  const folder = new FixtureFolder(sourceType)
  const readRequest = (name: string): RecordedRequest => {
    const { body, headers = {}, events, failures = 0 } = folder.read(name)
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    return { name, headers, bytes, events, failures }
  }
  const others = folder.namesBeside(files).map(readRequest)
  return { ...folder.read('connection'), events: readRequest('events'), others }
}
