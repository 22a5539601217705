import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type LoopbackServer, listenOnLoopback } from '../../../simulators/shared/loopback-server.ts'
import { TemplateError } from '../../template/template.ts'
import { lambdaErrors } from '../lambda/invocation.ts'
import type { FunctionPool } from '../lambda/pool.ts'
import { readBody } from '../read-body.ts'
import { gatewayAnswer, type HttpAnswer, httpAnswer, httpEvent, type RoutedRequest } from './http-event.ts'
import { TokenBucket } from './token-bucket.ts'

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const maxBodyBytes = 10 * 1024 * 1024
/** Bytes of the request line and all header values. */
const maxHeadBytes = 10_240
/** A larger limit for Node, which refuses longer headers with a bare answer of its own. */
const readHeadBytes = 128 * 1024

interface Route {
  readonly key: string
  readonly method: string
  readonly segments: readonly string[]
  readonly target: FunctionPool
  /** Whether the function lets the route invoke it. */
  readonly mayInvoke: () => boolean
  bucket?: TokenBucket | undefined
}

interface Match {
  readonly route: Route
  readonly pathParameters: Readonly<Record<string, string>>
}

/** A request that was answered. */
export interface AnsweredRequest {
  /** By the system's clock, in milliseconds since 1970. */
  readonly receivedAt: number
  readonly status: number
  /** As in the template; `undefined` for a request without a route. */
  readonly routeKey: string | undefined
}

export interface HttpApiOptions {
  readonly id: string
  readonly accountId: string
  /** 0 takes any free port. */
  readonly port: number
}

/** @throws when the port is taken; the message says what to do. */
export async function checkPort(port: number): Promise<void> {
  const { server } = await listen({ port }, () => {})
  await new Promise((resolve) => server.close(resolve))
}

async function listen(...[options, listener]: Parameters<typeof listenOnLoopback>): Promise<LoopbackServer> {
  return await listenOnLoopback(options, listener).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new Error(`port ${options.port} is taken by another process; choose one with --port, or leave it out`)
  })
}

/** An HTTP API of the template: its routes on a port of 127.0.0.1. */
export class HttpApi {
  readonly url: string
  readonly #options: HttpApiOptions
  readonly #server: Server
  readonly #routes: Route[] = []
  readonly #listeners: ((request: AnsweredRequest) => void)[] = []
  #newBucket: (() => TokenBucket) | undefined

  private constructor(server: Server, url: string, options: HttpApiOptions) {
    this.#server = server
    this.url = url
    this.#options = options
  }

  /** @throws when the port is taken; the message says what to do. */
  static async start(options: HttpApiOptions): Promise<HttpApi> {
    const { server, url } = await listen(
      { port: options.port, maxHeaderSize: readHeadBytes },
      (request, response) => void api.#serve(request, response),
    )
    const api = new HttpApi(server, url, options)
    return api
  }

  /**
   * @param key As in the template: `POST /github/{sourceId}`.
   * @throws {TemplateError} for `ANY`, `$default` and greedy path parameters, which the stack does not use.
   */
  addRoute(key: string, target: FunctionPool, mayInvoke: () => boolean = () => true): void {
    const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(key) ?? []
    if (method === undefined || path === undefined || method === 'ANY' || path.includes('+}')) {
      throw new TemplateError(`route "${key}": the local run knows routes of one method and a path without {name+}`)
    }
    this.#routes.push({ key, method, segments: path.split('/'), target, mayInvoke })
    this.#routes.sort((a, b) => parameters(a) - parameters(b))
  }

  /**
   * Throttles a route.
   *
   * @param rate Requests per second.
   * @param burst Requests at once.
   */
  throttle(rate: number, burst: number): void {
    this.#newBucket = () => new TokenBucket(rate, burst)
  }

  get routes(): readonly { readonly key: string; readonly target: FunctionPool }[] {
    return this.#routes
  }

  /** Calls back with every request that was answered, also by API Gateway itself. */
  onAnswer(listener: (request: AnsweredRequest) => void): void {
    this.#listeners.push(listener)
  }

  /** Refuses new requests and waits for the answers under way. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeIdleConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const receivedAt = Date.now()
    try {
      const { status, headers, body, routeKey } = await this.#answer(request)
      // A refused body is not read to its end, so the connection cannot be reused; nor can it after a stop, which would
      // otherwise wait as long as a client keeps sending.
      if (!request.complete || !this.#server.listening) response.setHeader('connection', 'close')
      response.writeHead(status, { ...headers, 'content-length': body.length }).end(body)
      for (const listener of this.#listeners) listener({ receivedAt, status, routeKey })
    } catch {
      // The caller closed the connection before its request was complete, so an answer is impossible.
      response.destroy()
    }
  }

  /**
   * Refuses what API Gateway refuses by itself; the rest goes to the function. The wording of the refusals comes from
   * users' reports, because AWS documents neither it nor the status for a body that is too large for Lambda only.
   */
  async #answer(request: IncomingMessage): Promise<HttpAnswer & { readonly routeKey?: string }> {
    const [path = '/', rawQueryString = ''] = (request.url ?? '/').split(/\?(.*)/s)
    // Reads the body even if it is unused, because a client that is still sending may not see an answer.
    const body = await readBody(request, maxBodyBytes)
    if (headBytes(request) > maxHeadBytes) return gatewayAnswer(431, 'Request Header Fields Too Large')
    if (!isPercentEncoded(path)) return gatewayAnswer(400, 'Bad Request')
    const match = this.#match(request.method ?? '', path)
    if (match === undefined) return gatewayAnswer(404, 'Not Found')
    return { ...(await this.#answerOfRoute(match, { request, body, path, rawQueryString })), routeKey: match.route.key }
  }

  async #answerOfRoute(
    { route, pathParameters }: Match,
    {
      body,
      ...routed
    }: Pick<RoutedRequest, 'request' | 'path' | 'rawQueryString'> & { readonly body: Buffer | undefined },
  ): Promise<HttpAnswer> {
    route.bucket ??= this.#newBucket?.()
    if (route.bucket?.take() === false) return gatewayAnswer(429, 'Too Many Requests')
    if (body === undefined) return tooLarge
    if (!route.mayInvoke()) return failed
    const { id: apiId, accountId } = this.#options
    const event = httpEvent({ ...routed, body, routeKey: route.key, pathParameters, accountId, apiId })
    const outcome = await route.target.invoke(event)
    return outcome.ok ? httpAnswer(outcome.payload) : (answersToErrors[outcome.error.errorType] ?? failed)
  }

  #match(method: string, path: string): Match | undefined {
    const given = path.split('/')
    for (const route of this.#routes) {
      const pathParameters = matchSegments(route.segments, given)
      if (pathParameters && route.method === method) return { route, pathParameters }
    }
    return undefined
  }
}

const tooLarge = gatewayAnswer(413, 'Request Entity Too Large')
const failed = gatewayAnswer(500, 'Internal Server Error')
const answersToErrors: Readonly<Record<string, HttpAnswer>> = {
  [lambdaErrors.eventTooLarge]: tooLarge,
  [lambdaErrors.throttled]: gatewayAnswer(503, 'Service Unavailable'),
}

function headBytes({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): number {
  const values = rawHeaders.filter((_, index) => index % 2 === 1)
  // Node reads headers as latin1: one character per byte.
  return [`${method} ${url} HTTP/${httpVersion}`, ...values].reduce((sum, { length }) => sum + length, 0)
}

/** The more specific route, with fewer parameters, comes first. */
function parameters({ segments }: Route): number {
  return segments.filter((segment) => segment.startsWith('{')).length
}

/** Matches parameters as they arrived, so that an encoded slash cannot reach another route, then decodes them. */
function matchSegments(route: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (route.length !== given.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, segment] of route.entries()) {
    const value = given[index] ?? ''
    const name = /^\{(.+)\}$/.exec(segment)?.[1]
    if (name === undefined ? segment !== decodeURIComponent(value) : value === '') return undefined
    if (name !== undefined) found[name] = decodeURIComponent(value)
  }
  return found
}

function isPercentEncoded(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
