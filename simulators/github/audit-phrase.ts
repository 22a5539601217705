import { isObject } from '../shared/json.ts'
import type { FeedRow } from '../shared/simulated-feed.ts'

/** The filter of a search of the audit log. */
export interface Phrase {
  /** Whether it restricts the time; otherwise GitHub searches only the last three months. */
  readonly hasTime: boolean
  readonly matches: (row: FeedRow) => boolean
}

type Test = (row: FeedRow) => boolean

/**
 * Parses a search phrase of the audit log. Times count in whole seconds.
 * https://docs.github.com/en/enterprise-cloud@latest/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization
 * @throws {Error} when it is malformed
 */
export function parsePhrase(phrase: string): Phrase {
  const words = phrase.split(/\s+/).filter((word) => word !== '')
  const tests = words.map(testOf)
  return {
    hasTime: words.some((word) => word.startsWith('created:')),
    matches: (row) => tests.every((test) => test(row)),
  }
}

function testOf(word: string): Test {
  const [, name = '', value = ''] = /^([-\w]+):(.*)$/.exec(word) ?? []
  switch (name) {
    case '':
      return ({ event }) => JSON.stringify(event).includes(word)
    case 'created':
      return created(value)
    case '-action':
      return (row) => !actionIs(row, value)
    case 'action':
      return (row) => actionIs(row, value)
    case 'country':
      return ({ event }) =>
        isObject(event) && isObject(event.actor_location) && event.actor_location.country_code === value
    case 'actor':
    case 'repo':
    case 'user':
    case 'hashed_token':
      return ({ event }) => isObject(event) && event[name] === value
    default:
      throw new Error(`unknown qualifier ${name}`)
  }
}

/** A category matches all its actions. */
function actionIs({ event }: FeedRow, value: string): boolean {
  const action = isObject(event) ? event.action : undefined
  return typeof action === 'string' && (action === value || action.startsWith(`${value}.`))
}

function created(value: string): Test {
  const [, low, high] = /^(.+?)\.\.(.+)$/.exec(value) ?? []
  if (low !== undefined && high !== undefined)
    return between(
      low === '*' ? Number.NEGATIVE_INFINITY : span(low).first,
      high === '*' ? Number.POSITIVE_INFINITY : span(high).last,
    )
  const [, sign = '', text = ''] = /^(>=|<=|>|<)?(.*)$/.exec(value) ?? []
  const { first, last } = span(text)
  if (sign === '>=') return between(first, Number.POSITIVE_INFINITY)
  if (sign === '>') return between(last + 1, Number.POSITIVE_INFINITY)
  if (sign === '<=') return between(Number.NEGATIVE_INFINITY, last)
  if (sign === '<') return between(Number.NEGATIVE_INFINITY, first - 1)
  return between(first, last)
}

/** Both ends, inclusive, in seconds since 1970. */
const between =
  (first: number, last: number): Test =>
  ({ time }) => {
    const second = Math.floor(time / 1000)
    return second >= first && second <= last
  }

/** A day or a second, from its first second to its last. */
function span(text: string): { first: number; last: number } {
  const form = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/.exec(text)
  const time = Date.parse(text)
  if (form === null || Number.isNaN(time)) throw new Error(`not a time: ${text}`)
  const first = Math.floor(time / 1000)
  return { first, last: form[1] === undefined ? first + 86_399 : first }
}
