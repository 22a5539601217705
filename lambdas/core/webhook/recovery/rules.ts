const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** How long a provider sends a failed delivery again, and lists it. */
export const keptMs = 72 * hourMs

/** Most requests for one event, and the time between them; a refusal of the endpoint mostly lasts longer than minutes. */
export const mostTries = 3
export const betweenTriesMs = hourMs

/** Deliveries can be listed minutes after newer ones: how far back every run reads, and one every ten minutes. */
export const lagMs = 5 * minuteMs
export const lookBackMs = 30 * minuteMs
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
