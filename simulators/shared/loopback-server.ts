import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http'

export interface LoopbackOptions extends ServerOptions {
  /** @default 0: any free port */
  readonly port?: number
  /** Headers of the answer to a request that is refused, beside its own. */
  readonly refusalHeaders?: Readonly<Record<string, string>>
}

export interface LoopbackServer {
  readonly server: Server
  /** The origin, without a slash at its end. */
  readonly url: string
}

/**
 * An HTTP server for the programs of this machine: it listens on 127.0.0.1 only and answers 403 to a request that a
 * page of another site can make a browser send, also under a domain that leads to 127.0.0.1 (DNS rebinding).
 *
 * @throws Node's error when the port is taken
 */
export async function listenOnLoopback(
  { port = 0, refusalHeaders = {}, ...options }: LoopbackOptions,
  listener: RequestListener,
): Promise<LoopbackServer> {
  let hosts: readonly string[] = []
  const server = createServer(options, (request, response) => {
    const problem = foreignPart(request, hosts)
    if (problem === undefined) listener(request, response)
    else {
      const body = Buffer.from(`${JSON.stringify({ message: problem })}\n`)
      const head = {
        ...refusalHeaders,
        'content-type': 'application/json',
        'content-length': body.length,
        connection: 'close',
      }
      response.writeHead(403, head).end(body)
    }
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const { port: taken } = address
  hosts = ['127.0.0.1', 'localhost', '[::1]'].flatMap((name) => [`${name}:${taken}`, ...(taken === 80 ? [name] : [])])
  return { server, url: `http://127.0.0.1:${taken}` }
}

/** Says what shows that a request comes from a page of another site; `undefined` for all others. */
function foreignPart({ headers }: IncomingMessage, hosts: readonly string[]): string | undefined {
  const { host = '', origin } = headers
  if (!hosts.includes(host.toLowerCase())) {
    return `Forbidden: the Host header must be ${hosts[0]}. Let a tunnel or proxy in front of it write that.`
  }
  if (origin !== undefined && !hosts.some((own) => origin.toLowerCase() === `http://${own}`)) {
    return 'Forbidden: the request comes from a page of another site (Origin).'
  }
  // Images, scripts and frames come without Origin. A link, or a redirect after a consent, navigates the page.
  // https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
  const site = headers['sec-fetch-site'] ?? 'none'
  const isPage = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
  if (!['none', 'same-origin'].includes(String(site)) && !isPage) {
    return 'Forbidden: the request comes from a page of another site (Sec-Fetch-Site).'
  }
  return undefined
}
