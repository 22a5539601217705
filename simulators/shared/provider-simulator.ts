import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { SimulatedFeed } from './simulated-feed.ts'
import { insertInto, parseControl } from './simulator-control.ts'
import { type Fault, FaultList, onWire, type SimulatedAnswer, spoiled, type WireAnswer } from './simulator-faults.ts'
import type { Stoppable } from './until-stopped.ts'

export interface SimulatedRequest {
  readonly method: string
  readonly url: URL
  /** The query as it was sent. */
  readonly search: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The simulator's time, in milliseconds since 1970. */
  readonly now: number
  /** How the page is to be spoiled, if the provider has to do so itself. */
  readonly fault: Fault | undefined
}

export interface SimulatedProvider {
  readonly feed: SimulatedFeed
  /** Whether faults are for this request; others always get the right answer. */
  isFeed(request: SimulatedRequest): boolean
  answer(request: SimulatedRequest): SimulatedAnswer
  expireCursors(): void
}

export interface ServerOptions {
  /** 0 takes any free port. @default 0 */
  readonly port?: number
  /** Milliseconds since 1970; the control endpoint moves what the simulator makes of it. @default Date.now */
  readonly now?: () => number
  /** Called with each request of the feed, and awaited before it is answered. */
  readonly onRequest?: () => Promise<void>
}

/** A simulated provider on 127.0.0.1. */
export interface ProviderSimulator extends Stoppable {
  readonly url: string
  /** The simulator's time, in milliseconds since 1970. */
  now(): number
  /** Requests of the feed, in order: method and path with query. */
  readonly requests: readonly string[]
}

/**
 * Starts a provider's server. Beside the provider's own paths it has a control endpoint:
 * - `GET /_control`: `{now, requests, faults, shown}`
 * - `GET /_control/ids`: every id that was ever shown, with its time: what a collector must have
 * - `POST /_control`: moves time, scripts faults, inserts rows
 */
export async function startProviderSimulator(
  { port = 0, now: clock = Date.now, onRequest }: ServerOptions,
  provide: (origin: string) => SimulatedProvider,
): Promise<ProviderSimulator> {
  const stopping = new AbortController()
  const faults = new FaultList()
  const requests: string[] = []
  let offset = 0
  const now = () => clock() + offset

  const control = (method: string, path: string, body: string, provider: SimulatedProvider): unknown => {
    const rows = () => provider.feed.everShown(now())
    if (method === 'GET' && path === '/_control/ids')
      return rows().map(({ id, time, shownAt }) => ({ id, time, shownAt }))
    if (method === 'GET' && path === '/_control') {
      return { now: now(), requests: requests.length, faults: faults.size, shown: rows().length }
    }
    if (method !== 'POST' || path !== '/_control')
      throw new Error('there is GET /_control, GET /_control/ids and POST /_control')
    const order = parseControl(body)
    // What was to be seen until now counts as shown, even if time goes back.
    rows()
    offset += order.advanceMs
    if (order.time !== undefined) offset = order.time - clock()
    if (order.clearFaults) faults.clear()
    faults.add(order.faults)
    if (order.expireCursors) provider.expireCursors()
    const inserted = order.insert.flatMap((insertion) => insertInto(provider.feed, insertion, now()))
    return { now: now(), inserted: inserted.map(({ id }) => id) }
  }

  const handle = async (incoming: IncomingMessage, provider: SimulatedProvider): Promise<WireAnswer> => {
    const { method = 'GET', url: target = '/', headers } = incoming
    const body = await text(incoming)
    const url = new URL(target, origin)
    if (url.pathname.startsWith('/_control')) {
      try {
        return onWire({ status: 200, headers: {}, body: control(method, url.pathname, body, provider) })
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        return onWire({ status: 400, headers: {}, body: { message } })
      }
    }
    const request = { method, url, search: target.split('?')[1] ?? '', headers, body, now: now(), fault: undefined }
    if (!provider.isFeed(request)) return onWire(provider.answer(request))
    requests.push(`${method} ${target}`)
    await onRequest?.()
    const fault = faults.take()
    if (fault === undefined) return onWire(provider.answer({ ...request, now: now() }))
    return spoiled(fault, () => provider.answer({ ...request, now: now(), fault }), stopping.signal)
  }

  const server = createServer(async (incoming, outgoing) => {
    try {
      send(outgoing, await handle(incoming, provider), now())
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      send(outgoing, onWire({ status: 500, headers: {}, body: { message: `the simulator failed: ${message}` } }), now())
    }
  })
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(port, '127.0.0.1', resolve)
  await listening
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the simulator has no port')
  const origin = `http://127.0.0.1:${address.port}`
  const provider = provide(origin)

  return {
    url: origin,
    now,
    requests,
    async stop() {
      stopping.abort()
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

function send(outgoing: ServerResponse, { status, headers, bytes, breakAfter }: WireAnswer, now: number): void {
  if (breakAfter === 0) {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(status, { date: new Date(now).toUTCString(), 'content-length': bytes.length, ...headers })
  if (breakAfter === undefined) outgoing.end(bytes)
  else outgoing.write(bytes.subarray(0, breakAfter), () => outgoing.destroy())
}
