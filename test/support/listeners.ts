import { tracingChannel } from 'node:diagnostics_channel'
import { request } from 'node:http'
import { Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** Collects every server of this process that begins to listen before the test ends. */
export function collectListeners(): ReadonlySet<Server> {
  const listening = new Set<Server>()
  const heard = (message: object) => {
    if ('server' in message && message.server instanceof Server) listening.add(message.server)
  }
  const ignored = () => {}
  const handlers = { start: ignored, end: ignored, asyncStart: ignored, asyncEnd: heard, error: ignored }
  const channel = tracingChannel('net.server.listen')
  channel.subscribe(handlers)
  onTestFinished(() => channel.unsubscribe(handlers))
  return listening
}

/** Address and port of a server. */
export function placeOf(server: Server): { readonly address: string; readonly port: number } {
  const place = server.address()
  if (place === null || typeof place === 'string') throw new Error('the server listens on no port')
  return place
}

/** Sends a request as a browser or a stranger would, which `fetch` does not allow. */
export function ask(
  port: number,
  headers: Readonly<Record<string, string>>,
  method = 'GET',
  path = '/',
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | undefined; body: string }>()
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
    text(answer).then((body) => resolve({ status: answer.statusCode, body }), reject)
  })
  sent.on('error', reject).end()
  return promise
}
