import { createHash } from 'node:crypto'

/** Repeatable random numbers from 0 up to but excluding 1: the same seed gives the same numbers (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items]
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1))
}

/** @throws {RangeError} when there are no items. */
export function pick<T>(items: readonly T[], random: () => number): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('there is nothing to pick from')
  return item
}

/** Random characters of the alphabet. */
export function randomText(length: number, alphabet: string, random: () => number): string {
  return Array.from({ length }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join('')
}

/**
 * Characters that a text decides. Ids that end in those of their owner and time differ where the random numbers of two
 * logs are the same for a while, as they are now and then: all seeds begin somewhere in one sequence.
 */
export const ownText = (text: string, length: number, encoding: 'hex' | 'base64url'): string =>
  createHash('sha256').update(text).digest(encoding).slice(0, length)

/** A UUID of version 4. */
export function randomUuid(random: () => number): string {
  const digits = (length: number) => randomText(length, '0123456789abcdef', random)
  return `${digits(8)}-${digits(4)}-4${digits(3)}-${randomText(1, '89ab', random)}${digits(3)}-${digits(12)}`
}
