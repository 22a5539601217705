import { type ProviderSimulator, startProviderSimulator } from '../../simulators/shared/provider-simulator.ts'
import { SimulatedFeed } from '../../simulators/shared/simulated-feed.ts'
import { control, started } from './provider.ts'
import type { Recorded, RecordedAnswer, RecordedPage } from './recorded.ts'

type Parameters = Readonly<Record<string, string>>

/** A server that gives recorded answers. */
export interface Replay extends Pick<ProviderSimulator, 'url' | 'requests'> {
  /** Parameters of the requests that were answered with a page. */
  readonly asked: readonly Parameters[]
  /** The next requests meet this in place of their page; see `simulator-faults.ts`. */
  fault(fault: Readonly<Record<string, unknown>>): Promise<void>
  /** The next request meets this answer. */
  answerOnce(answer: RecordedAnswer, otherwise?: { readonly skip?: number; readonly times?: number }): Promise<void>
}

/**
 * Starts a server that stands still in time, and ends with the test. It answers with the page that a request is for.
 */
export async function startReplay({ pages, connection }: Recorded, now: () => number): Promise<Replay> {
  const asked: Parameters[] = []
  const simulator = await started(
    startProviderSimulator({ now }, (origin) => ({
      feed: new SimulatedFeed({ startAt: now(), eventsPerMinute: 0, invent: () => ({ id: '', event: {} }) }),
      isFeed: () => true,
      expireCursors: () => {},
      answer({ url, body }) {
        const parameters = { ...(body === '' ? {} : JSON.parse(body)), ...Object.fromEntries(url.searchParams) }
        asked.push(parameters)
        return filled(pageFor(parameters, pages), { origin, secret: connection.secrets.works[0] })
      },
    })),
  )
  const fault: Replay['fault'] = async (one) => void (await control(simulator, { faults: [one] }))
  return {
    url: simulator.url,
    requests: simulator.requests,
    asked,
    fault,
    async answerOnce(answer, { skip = 0, times = 1 } = {}) {
      const { status, headers, body } = filled(answer, { origin: simulator.url, secret: connection.secrets.works[0] })
      await fault({ kind: 'status', status, headers, body, skip, times })
    },
  }
}

/** The page with the parameters that a request has, the first one otherwise. */
function pageFor(parameters: Parameters, { first, middle, last }: Recorded['pages']): RecordedPage {
  const isFor = ({ parameters: own }: RecordedPage) =>
    own !== undefined && Object.entries(own).every(([name, value]) => String(parameters[name]) === value)
  return [last, middle].find(isFor) ?? first
}

/** The answer with what only the test knows. */
export function filled({ status, headers, body }: RecordedAnswer, values: Parameters): RecordedAnswer {
  const fill = (text: string) => text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole)
  return {
    status,
    headers: JSON.parse(fill(JSON.stringify(headers))),
    body: typeof body === 'string' ? fill(body) : JSON.parse(fill(JSON.stringify(body))),
  }
}
