import { webhookLimits } from '../lambdas/core/webhook/limits.ts'

/** A request that costs as much as the limits of a receiver allow. */
export interface WorstRequest {
  readonly sourceType: 'github-webhook' | 'hex-webhook'
  /** Status of the answer, which shows on which side of the limits it is. */
  readonly status: number
  readonly body: () => string
  readonly isZipped?: boolean
}

const { bytes, parts, events } = webhookLimits

/** Repeats a text up to a number of bytes. */
const fill = (text: string, length: number): string => text.repeat(Math.max(0, Math.floor(length / text.length)))

const list = (count: number, of: (at: number) => string, separator = ','): string =>
  Array.from({ length: count }, (_, at) => of(at)).join(separator)

/** Whole numbers beyond 2^53, which cost more than others, because all their digits are kept. */
const longNumber = (at: number): string => String(90_000_000_000_000_000n + BigInt(at))

/** Names in an order that sorting has to change. */
const name = (at: number, length: number): string => String((at * 7_919) % 1_000_003).padEnd(length, 'x')

/** An event of the most members within the limits; those with a long number count threefold. */
const members = (length: number, isLong: boolean): string =>
  `{${list(parts / (isLong ? 3 : 2) - 10, (at) => `"${name(at, length)}":${isLong ? longNumber(at) : at}`)}}`

const hexEvent = (at: number): string =>
  `{"keySuffix":"${at}","event":{"id":"${at}","occurred_at":"2026-01-15T10:30:00.123Z","extra":"${'x'.repeat(950)}"}}`

/** An event of Hex with many members of its own. */
const hexMembers = (at: number): string =>
  `{"event":{${list(7, (member) => `"${name(at + member, 100)}":${at}`)},"n":${longNumber(at)}}}`

/** By name, what could be in it. */
export const worstRequests: Readonly<Record<string, WorstRequest>> = {
  members: { sourceType: 'github-webhook', status: 200, body: () => members(90, false) },
  'members-of-long-numbers': { sourceType: 'github-webhook', status: 200, body: () => members(120, true) },
  'long-numbers': {
    sourceType: 'github-webhook',
    status: 200,
    body: () => `{"a":[${list(parts / 2 - 10, longNumber)}],"b":"${fill('x', bytes - 10 * parts)}"}`,
  },
  fractions: {
    sourceType: 'github-webhook',
    status: 200,
    body: () =>
      `{"a":[${list(parts / 3 - 10, (at) => `0.${at}1234567890123457e-7`)}],"b":"${fill('x', bytes - 12 * parts)}"}`,
  },
  exponents: {
    sourceType: 'github-webhook',
    status: 200,
    body: () =>
      `{"a":[${list(parts / 2 - 10, (at) => `${at}.5e-${100 + (at % 200)}`)}],"b":"${fill('x', bytes - 8 * parts)}"}`,
  },
  'short-fractions': {
    sourceType: 'github-webhook',
    status: 200,
    body: () =>
      `{"a":[${longNumber(0)},${list(parts - 20, (at) => `${at}.50`)}],"b":"${fill('x', bytes - 10 * parts)}"}`,
  },
  'empty-objects': {
    sourceType: 'github-webhook',
    status: 200,
    body: () => `{"sender":[${list(parts / 2 - 10, () => '{}')}],"b":"${fill('x', bytes - 2 * parts)}"}`,
  },
  quotes: {
    sourceType: 'github-webhook',
    status: 200,
    body: () => `{"sender":"${fill('\\"', bytes - 20)}"}`,
  },
  'zipped-quotes': {
    sourceType: 'github-webhook',
    status: 200,
    body: () => `{"sender":"${fill('\\"', bytes - 20)}"}`,
    isZipped: true,
  },
  form: {
    sourceType: 'github-webhook',
    status: 200,
    body: () =>
      `payload=${encodeURIComponent(`{"a":[${list(parts / 2 - 10, longNumber)}],"b":"`)}${fill('%C3%A9', 3_900_000)}%22%7D`,
  },
  'form-fields': {
    sourceType: 'github-webhook',
    status: 400,
    body: () => `payload=%7B%7D${fill('&a', bytes - 20)}`,
  },
  'too-many-parts': {
    sourceType: 'github-webhook',
    status: 413,
    body: () => `{"a":[${fill('1,', bytes - 20)}1]}`,
  },
  events: {
    sourceType: 'hex-webhook',
    status: 200,
    body: () => list(events, hexEvent, '\n'),
  },
  'events-of-members': {
    sourceType: 'hex-webhook',
    status: 200,
    body: () => list(events, hexMembers, '\n'),
  },
  'targets-in-a-list': {
    sourceType: 'hex-webhook',
    status: 200,
    body: () => `[{"event":{"targets":[${list(parts / 4 - 10, (at) => `{"id":${longNumber(at)}}`)}]}}]`,
  },
  'broken-lines': {
    sourceType: 'hex-webhook',
    status: 200,
    body: () => `{}\n${fill(`{${'x'.repeat(1_000)}\n`, 1_002 * (events - 1))}`,
  },
  'no-objects': { sourceType: 'hex-webhook', status: 400, body: () => `[${list(events, longNumber)}]` },
  'too-deep': {
    sourceType: 'hex-webhook',
    status: 200,
    body: () =>
      `[${list(events - 1, (at) => `{"event":{"id":${at},"b":"${'x'.repeat(1_000)}"}}`)},${'['.repeat(101)}${']'.repeat(101)}]`,
  },
  'too-many-lines': { sourceType: 'hex-webhook', status: 413, body: () => fill('{}\n', bytes) },
  'too-many-events': { sourceType: 'hex-webhook', status: 413, body: () => fill('{}\n', 3 * (events + 1)) },
}
