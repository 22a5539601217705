import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { listenOnLoopback } from './loopback-server.ts'
import type { SimulatedFeed } from './simulated-feed.ts'
import { SimulatorControl } from './simulator-control.ts'
import { type Fault, onWire, type SimulatedAnswer, spoiled, type WireAnswer } from './simulator-faults.ts'
import type { Stoppable } from './until-stopped.ts'

export interface SimulatedRequest {
  readonly method: string
  readonly url: URL
  /** Path and query as sent. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The simulator's time, in milliseconds since 1970. */
  readonly now: number
  /** The fault that the provider itself must apply to the page, if any. */
  readonly fault: Fault | undefined
}

export interface SimulatedProvider {
  readonly feed: SimulatedFeed
  /** Whether the request is one of the feed; faults affect only these. */
  isFeed(request: SimulatedRequest): boolean
  answer(request: SimulatedRequest): SimulatedAnswer
  expireCursors(): void
}

export interface ServerOptions {
  /** @default 0: any free port */
  readonly port?: number
  /** Milliseconds since 1970; the control endpoint shifts it. @default Date.now */
  readonly now?: () => number
  /** Called with each request of the feed, and awaited before the answer. */
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

/** Starts a provider's server, with the endpoint of `SimulatorControl` beside the provider's own paths. */
export async function startProviderSimulator(
  { port = 0, now: clock = Date.now, onRequest = async () => {} }: ServerOptions,
  provide: (origin: string) => SimulatedProvider,
): Promise<ProviderSimulator> {
  const stopping = new AbortController()
  const control = new SimulatorControl(clock)
  const { now, faults } = control
  const requests: string[] = []

  const { server, url: origin } = await listenOnLoopback({ port }, async (incoming, outgoing) => {
    try {
      send(outgoing, await answer(await received(incoming, origin, now)), now())
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      send(outgoing, onWire({ status: 500, headers: {}, body: { message: `the simulator failed: ${message}` } }), now())
    }
  })
  const provider = provide(origin)

  const answer = async (request: SimulatedRequest): Promise<WireAnswer> => {
    const { method, url, target } = request
    if (url.pathname.startsWith('/_control')) return onWire(control.answer(request, provider, requests.length))
    if (!provider.isFeed(request)) return onWire(provider.answer(request))
    requests.push(`${method} ${target}`)
    await onRequest()
    const fault = faults.take()
    if (fault === undefined) return onWire(provider.answer({ ...request, now: now() }))
    return spoiled(fault, () => provider.answer({ ...request, now: now(), fault }), stopping.signal)
  }

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

async function received(incoming: IncomingMessage, origin: string, now: () => number): Promise<SimulatedRequest> {
  const { method = 'GET', url: target = '/', headers } = incoming
  const body = await text(incoming)
  return { method, url: new URL(target, origin), target, headers, body, now: now(), fault: undefined }
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
