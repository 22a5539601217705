import type { DeliveryFacts } from './delivery-facts.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** Time up to which the provider lists no delivery any more, nor sends it again, in milliseconds since 1970. */
export const oldestListed = ({ keptHours }: DeliveryFacts, now: number): number => now - keptHours * hourMs

/**
 * Most requests for one event, and the time between them; a refusal of the endpoint mostly lasts longer than minutes.
 */
export const mostTries = 3
export const betweenTriesMs = hourMs

/** Time between runs that read back further than the others. */
export const lookBackEveryMs = 10 * minuteMs

/** Most open events; further pages wait until some of them have ended. Ended ones are remembered as long as listed. */
export const mostOpen = 10_000
export const mostEnded = 20_000

/** Most requests in a run to send deliveries again, so that a long list spreads over minutes. */
export const mostAsksPerRun = 60

/** Requests that are counted together before they are made. */
export const asksCountedTogether = 20

/** Failures in a row after which the provider is left alone for this run. */
export const mostFailuresInARow = 3

/** Share of the provider's limit that a recovery uses, because other programs of the same user share the limit. */
export const share = 0.5
