import { createServer, type IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly body: string
}

export type Answer = number | 'never'

/** A receiver that keeps requests and answers with the status for the number of requests so far. */
export async function startReceiver(answer: Answer | ((count: number) => Answer) = 200) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request)
    const count = received.push({ headers: request.headers, bytes, body: bytes.toString() })
    const status = typeof answer === 'function' ? answer(count) : answer
    if (status !== 'never') response.writeHead(status, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver has no port')
  return { url: `http://127.0.0.1:${address.port}/hooks`, received }
}
