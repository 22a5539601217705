import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { TemplateError } from '../../template/template.ts'
import { lambdaErrors } from '../lambda/invocation.ts'
import type { FunctionPool } from '../lambda/pool.ts'
import { readBody } from '../read-body.ts'
import { gatewayAnswer, type HttpAnswer, httpAnswer, httpEvent } from './http-event.ts'
import { TokenBucket } from './token-bucket.ts'

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const maxBodyBytes = 10 * 1024 * 1024
/** Of the request line and the values of all headers. */
const maxHeadBytes = 10_240
/** What Node reads before it gives up by itself, without a word in the answer. */
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

export interface HttpApiOptions {
  readonly id: string
  readonly accountId: string
  /** 0 takes any free port. */
  readonly port: number
}

/** @throws when the port is taken; the message says what to do. */
export async function checkPort(port: number): Promise<void> {
  const server = createServer()
  await listen(server, port)
  await new Promise((resolve) => server.close(resolve))
}

async function listen(server: Server, port: number): Promise<void> {
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(port, '127.0.0.1', resolve)
  await listening.catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    throw new Error(`port ${port} is taken by another process; choose one with --port, or leave it out`)
  })
}

/** An HTTP API of the template: its routes on a port of 127.0.0.1. */
export class HttpApi {
  readonly url: string
  readonly #options: HttpApiOptions
  readonly #server: Server
  readonly #routes: Route[] = []
  #newBucket: (() => TokenBucket) | undefined

  private constructor(server: Server, url: string, options: HttpApiOptions) {
    this.#server = server
    this.url = url
    this.#options = options
  }

  /** @throws when the port is taken; the message says what to do. */
  static async start(options: HttpApiOptions): Promise<HttpApi> {
    const server = createServer({ maxHeaderSize: readHeadBytes })
    await listen(server, options.port)
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : options.port
    const api = new HttpApi(server, `http://127.0.0.1:${port}`, options)
    server.on('request', (request, response) => void api.#serve(request, response))
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
   * Lets no more requests through a route than this.
   *
   * @param rate A second.
   * @param burst At once.
   */
  throttle(rate: number, burst: number): void {
    this.#newBucket = () => new TokenBucket(rate, burst)
  }

  get routes(): readonly { readonly key: string; readonly target: FunctionPool }[] {
    return this.#routes
  }

  /** Takes no new requests and waits for the answers under way. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeIdleConnections()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, headers, body } = await this.#answer(request)
      // A body that was refused is not read to its end, so the connection cannot be used again.
      if (!request.complete) response.setHeader('connection', 'close')
      response.writeHead(status, { ...headers, 'content-length': body.length }).end(body)
    } catch {
      // The caller went away in the middle of its request; there is nobody to answer.
      response.destroy()
    }
  }

  /**
   * What API Gateway refuses by itself, and the function's answer to the rest. The words of these answers are those that
   * users report; AWS documents neither them nor the status for what is too large for Lambda only.
   */
  async #answer(request: IncomingMessage): Promise<HttpAnswer> {
    const [path = '/', rawQueryString = ''] = (request.url ?? '/').split(/\?(.*)/s)
    // Also when it is not wanted: whoever is still sending may not see an answer.
    const body = await readBody(request, maxBodyBytes)
    if (headBytes(request) > maxHeadBytes) return gatewayAnswer(431, 'Request Header Fields Too Large')
    if (!isPercentEncoded(path)) return gatewayAnswer(400, 'Bad Request')
    const match = this.#match(request.method ?? '', path)
    if (match === undefined) return gatewayAnswer(404, 'Not Found')
    const { route, pathParameters } = match
    route.bucket ??= this.#newBucket?.()
    if (route.bucket?.take() === false) return gatewayAnswer(429, 'Too Many Requests')
    if (body === undefined) return tooLarge
    if (!route.mayInvoke()) return failed
    const { id: apiId, accountId } = this.#options
    const outcome = await route.target.invoke(
      httpEvent({ request, body, routeKey: route.key, path, rawQueryString, pathParameters, accountId, apiId }),
    )
    if (outcome.ok) return httpAnswer(outcome.payload)
    return outcome.error.errorType === lambdaErrors.eventTooLarge ? tooLarge : failed
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

function headBytes({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage): number {
  const values = rawHeaders.filter((_, index) => index % 2 === 1)
  // Node reads headers as latin1: a character is a byte.
  return [`${method} ${url} HTTP/${httpVersion}`, ...values].reduce((sum, { length }) => sum + length, 0)
}

/** The more particular route, with fewer parameters, comes first. */
function parameters({ segments }: Route): number {
  return segments.filter((segment) => segment.startsWith('{')).length
}

/** Parameters are matched as they arrived, so that an encoded slash cannot reach another route, and handed on decoded. */
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
