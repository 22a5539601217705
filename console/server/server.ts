import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Installation, type InstallationChoice, reasonOf } from '../../cli/installation.ts'
import { QueryError } from '../../local/query/lake-query.ts'
import { listenOnLoopback } from '../../simulators/shared/loopback-server.ts'
import type { ApiError } from '../api.ts'
import { bundlePage, type PageFile } from './bundle.ts'
import { checkOrigin, checkToken, guardHeaders, jsonBody, newToken } from './guard.ts'
import { HttpError } from './http-error.ts'
import { type Route, routesOf } from './routes.ts'
import { worldOf } from './world.ts'

export interface ConsoleOptions {
  /** The run or deployment; opened with the first request, so that it may still be starting. */
  readonly choice: InstallationChoice
  /** The installation of the choice, if it is open already; stays open. */
  readonly installation?: Installation
  /** @default any free one */
  readonly port?: number
}

/** A running console. */
export interface RunningConsole {
  /** The link to open. It holds the token, so whoever has it may use the console. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves the console on 127.0.0.1.
 * @throws Node's error when the port is taken; esbuild's when the page cannot be bundled
 */
export async function startConsole({ choice, installation, port = 0 }: ConsoleOptions): Promise<RunningConsole> {
  const page = await bundlePage()
  const world = worldOf(choice, installation)
  const served = { page, token: newToken(), routes: routesOf(world) }
  const { server, url } = await listenOnLoopback({ port, refusalHeaders: guardHeaders }, (request, response) => {
    void serve(served, request, response)
  })
  return {
    url: `${url}/#token=${served.token}`,
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeAllConnections()
      await promise
      world.close()
    },
  }
}

interface Served {
  readonly page: ReadonlyMap<string, PageFile>
  readonly token: string
  readonly routes: readonly Route[]
}

async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  // A client that goes away is no error.
  response.on('error', () => {})
  try {
    const { pathname, searchParams } = addressOf(request)
    const file = served.page.get(pathname)
    if (file) {
      if (request.method !== 'GET') throw notAllowed('GET')
      send(response, 200, file.type, file.body)
      return
    }
    checkToken(request, served.token)
    const answer = await answerOf(served.routes, request, { pathname, searchParams, signal: gone.signal })
    sendJson(response, 200, answer)
  } catch (error) {
    if (gone.signal.aborted) return
    const { status, message } = explained(error)
    sendJson(response, status, { error: message } satisfies ApiError)
  }
}

/** @throws {HttpError} 400 when it is none */
function addressOf({ url = '' }: IncomingMessage): URL {
  const address = url.startsWith('/') ? URL.parse(`http://127.0.0.1${url}`) : null
  if (address) return address
  throw new HttpError(400, 'The address is none.')
}

async function answerOf(
  routes: readonly Route[],
  request: IncomingMessage,
  { pathname, searchParams, signal }: Pick<URL, 'pathname' | 'searchParams'> & { readonly signal: AbortSignal },
): Promise<object> {
  for (const route of routes) {
    const [whole, ...parts] = route.path.exec(pathname) ?? []
    if (whole === undefined) continue
    const { GET, POST } = route
    const asked = { parts, query: searchParams, body: undefined, signal }
    if (request.method === 'GET' && GET) return await GET(asked)
    if (request.method !== 'POST' || !POST) throw notAllowed(GET && POST ? 'GET and POST' : GET ? 'GET' : 'POST')
    checkOrigin(request)
    return await POST({ ...asked, body: await jsonBody(request) })
  }
  throw new HttpError(404, 'There is nothing at this address.')
}

const notAllowed = (methods: string): HttpError => new HttpError(405, `Only ${methods} can be used here.`)

/** The reason of an error in words, never with a stack. */
function explained(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof HttpError) return { status: error.status, message: error.message }
  if (error instanceof QueryError) return { status: 400, message: error.message }
  return { status: 500, message: `It cannot be read: ${reasonOf(error)}` }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  send(response, status, 'application/json; charset=utf-8', Buffer.from(JSON.stringify(body)))
}

function send(response: ServerResponse, status: number, type: string, body: Uint8Array): void {
  // A body that was not read would be taken for the next request.
  const ends = status === 413 ? { connection: 'close' } : {}
  response
    .writeHead(status, { ...guardHeaders, ...ends, 'content-type': type, 'content-length': body.length })
    .end(body)
}
