import { FixtureFolder } from './fixture-folder.ts'

/**
 * What contract suites know of a provider: the files of `test/fixtures/http/<provider>/<stream>/`. Members are named as
 * the provider sends them, values are invented. `docs/development.md` describes the files.
 */

/** How a stream is connected, and what its requests look like. */
export interface RecordedConnection {
  readonly options: Readonly<Record<string, string>>
  readonly secrets: {
    /** Every form in which the credential can be stored; the first is the bare one. */
    readonly works: readonly [string, ...string[]]
    /** Secrets that no request can be made with, and a word of the message for each. */
    readonly unusable: readonly { readonly secret: string; readonly says: string }[]
  }
  /** What is asked for; the clock stands at its end. */
  readonly window: { readonly from: string; readonly to: string }
  /** What every request for that window must carry, in its query or its JSON body. `{{pageSize}}` is the manifest's. */
  readonly parameters: Readonly<Record<string, string>>
}

/** An answer as it was recorded. `{{origin}}` stands for the address of the server, `{{secret}}` for the credential. */
export interface RecordedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A page, and by which parameters its request differs from that of the first page. */
export interface RecordedPage extends RecordedAnswer {
  readonly parameters?: Readonly<Record<string, string>>
}

/**
 * An answer in place of a page, and what it means. Kind `cursor` meets the second request of a walk, others the first.
 */
export interface RecordedRefusal extends RecordedAnswer {
  readonly expect: 'transient' | 'credentials' | 'configuration' | 'cursor'
  /** Words that the message must hold. */
  readonly says?: readonly string[]
  /** Until when the answer says to wait; absent when it says nothing. */
  readonly retryAt?: string
}

const pageNames = ['first', 'middle', 'last', 'empty'] as const

export interface Recorded {
  readonly connection: RecordedConnection
  readonly pages: Readonly<Record<(typeof pageNames)[number], RecordedPage>>
  readonly refusals: readonly (RecordedRefusal & { readonly name: string })[]
}

const files = ['connection', ...pageNames]

/** What a stream's fixtures lack, as an instruction; `undefined` when they are complete. */
export function missingFixtures(streamId: string): string | undefined {
  const folder = new FixtureFolder(streamId)
  const lacks = folder.lacks(files)
  if (lacks !== undefined) return lacks
  const kinds = new Set(readRecorded(streamId).refusals.map((refusal) => refusal.expect))
  const without = (['transient', 'credentials'] as const).find((kind) => !kinds.has(kind))
  return without && folder.remedy(`a refusal that says "expect": "${without}"`)
}

export function readRecorded(streamId: string): Recorded {
  const folder = new FixtureFolder(streamId)
  return {
    connection: folder.read('connection'),
    pages: {
      first: folder.read('first'),
      middle: folder.read('middle'),
      last: folder.read('last'),
      empty: folder.read('empty'),
    },
    refusals: folder.namesBeside(files).map((name) => ({ name, ...folder.read(name) })),
  }
}

/** How much of a secret may be repeated: its beginning names its kind in messages too. */
const harmlessLength = 8
const pieceLength = 12

/** Pieces of a secret that must not appear anywhere. */
export function piecesOf(secret: string): string[] {
  const words = secret.replace(/"\w+"\s*:/g, ' ').match(/[\w+/=-]{20,}/g) ?? []
  return words.flatMap((word) => {
    const starts = Array.from(
      { length: word.length - harmlessLength - pieceLength + 1 },
      (_, at) => at + harmlessLength,
    )
    return starts.map((start) => word.slice(start, start + pieceLength))
  })
}
