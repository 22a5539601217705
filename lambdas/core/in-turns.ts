/**
 * A list, begun at another place each minute, so that each of its elements comes first at times. @param now in
 * milliseconds since 1970
 */
export function inTurns<T>(list: readonly T[], now: number): readonly T[] {
  const first = Math.floor(now / 60_000) % Math.max(1, list.length)
  return [...list.slice(first), ...list.slice(0, first)]
}
