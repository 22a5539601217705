import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import type { ApiError } from '../../console/api.ts'
import { bundlePage } from '../../console/server/bundle.ts'
import { guardHeaders } from '../../console/server/guard.ts'
import { listenOnLoopback } from '../../simulators/shared/loopback-server.ts'
import { emptyWorld } from './console-planted/empty.ts'
import { hostileWorld } from './console-planted/hostile.ts'
import { awsWorld, normalWorld } from './console-planted/normal.ts'
import type { ConsoleWorld } from './console-planted/world.ts'

/** The tokens of the planted installations; of `errors` only the sources are answered, of `down` nothing is. */
export type WorldName = 'normal' | 'aws' | 'empty' | 'hostile' | 'errors' | 'down'

/** An error as a provider's or a database's could be: long, of several lines, with a command in it. */
export const plantedError =
  'Athena does not answer: AccessDenied for arn:aws:athena:eu-central-1:111122223333:workgroup/AuditLake.\nCheck it: npm run verify -- --athena'

/** What a person has ordered. */
export interface Ordered {
  readonly path: string
  readonly body: unknown
}

export interface ConsoleFixtures {
  readonly url: string
  /** All orders so far, the oldest first. */
  readonly orders: readonly Ordered[]
  /** The address that opens a view of a planted installation. */
  link(world: WorldName): string
  close(): Promise<void>
}

/**
 * Serves the bundled page with planted answers, and with the headers of the real server. The token chooses the
 * installation.
 */
export async function serveConsoleFixtures(): Promise<ConsoleFixtures> {
  const page = await bundlePage()
  const orders: Ordered[] = []
  const turns = new Map<string, number>()
  const installations = new Map<string, ConsoleWorld>([
    ['normal', normalWorld()],
    ['aws', awsWorld()],
    ['empty', emptyWorld],
    ['hostile', hostileWorld],
    ['errors', normalWorld()],
  ])

  const answer = async (request: IncomingMessage, url: URL): Promise<object> => {
    const token = /^Bearer (\w+)$/.exec(request.headers.authorization ?? '')?.[1]
    const world = installations.get(token ?? '')
    if (!world || (token === 'errors' && url.pathname !== '/api/overview')) throw new Error(plantedError)
    const path = url.pathname.slice('/api/'.length)
    const [view, source = '', ...rest] = path.split('/')
    const name = `${request.method} ${[view, ...rest].join('/')}`
    if (!isAnswered(world, name)) throw new Error(`Nothing is planted at ${name}.`)
    const body: unknown = request.method === 'POST' ? JSON.parse(await text(request)) : undefined
    if (body !== undefined) orders.push({ path, body })
    const turn = turns.get(source) ?? 0
    if (name === 'GET connect/wait') turns.set(source, turn + 1)
    // A wait begins anew with the form.
    if (name === 'GET connect') turns.delete(source)
    return world[name]({ source: decodeURIComponent(source), query: url.searchParams, body, turn })
  }

  const { server, url } = await listenOnLoopback({}, (request, response) => {
    const asked = new URL(request.url ?? '/', 'http://127.0.0.1')
    const send = (status: number, type: string, body: string | Uint8Array) =>
      response.writeHead(status, { ...guardHeaders, 'content-type': type }).end(body)
    const file = page.get(asked.pathname)
    if (file) {
      send(200, file.type, file.body)
      return
    }
    answer(request, asked).then(
      (body) => send(200, 'application/json', JSON.stringify(body)),
      (error: unknown) => {
        const said: ApiError = { error: error instanceof Error ? error.message : String(error) }
        send(500, 'application/json', JSON.stringify(said))
      },
    )
  })
  return {
    url,
    orders,
    link: (world) => `${url}/#token=${world}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const isAnswered = (world: ConsoleWorld, name: string): name is keyof ConsoleWorld => Object.hasOwn(world, name)
