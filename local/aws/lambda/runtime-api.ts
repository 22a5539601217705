import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FunctionError } from './invocation.ts'

/** What the runtime API passes on to the instance that a request comes from. */
export interface RuntimeClient {
  /** The process asks for an event; the response stays open until there is one. */
  next(response: ServerResponse): void
  answered(requestId: string, payload: string): void
  failed(requestId: string, error: FunctionError): void
  failedToStart(error: FunctionError): void
}

/**
 * Lambda's runtime API for all instances on one port of 127.0.0.1; each has a path of its own in front.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeApi {
  readonly #server: Server
  readonly #clients = new Map<string, RuntimeClient>()
  #nextId = 1

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<RuntimeApi> {
    // A connection rests for as long as a handler works, so none may be closed for being idle.
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 })
    const api = new RuntimeApi(server)
    server.on('request', (request, response) => void api.#serve(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return api
  }

  /** @returns the value of AWS_LAMBDA_RUNTIME_API for the instance, and the way to end its registration. */
  register(client: RuntimeClient): { address: string; release: () => void } {
    const id = String(this.#nextId++)
    this.#clients.set(id, client)
    return { address: `127.0.0.1:${port(this.#server)}/${id}`, release: () => this.#clients.delete(id) }
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id = '', , , ...resource] = (request.url ?? '').split('/')
    const client = this.#clients.get(id)
    const [kind, requestId = '', verb] = resource
    if (client === undefined) return void response.writeHead(403).end()
    if (kind === 'invocation' && requestId === 'next') return client.next(response)
    try {
      const body = await text(request)
      if (verb === 'response') client.answered(requestId, body)
      else if (verb === 'error') client.failed(requestId, parseError(body))
      else client.failedToStart(parseError(body))
      response.writeHead(202).end()
    } catch {
      // The process died while it was sending; its end is reported by the operating system.
      response.destroy()
    }
  }
}

function port(server: Server): number {
  const address: AddressInfo | string | null = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function parseError(body: string): FunctionError {
  const { errorType, errorMessage, trace }: Partial<Record<string, unknown>> = JSON.parse(body)
  return {
    errorType: String(errorType),
    errorMessage: String(errorMessage),
    trace: Array.isArray(trace) ? trace.map(String) : [],
  }
}
