import type { IncomingHttpHeaders } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { serve } from './serve.ts'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  readonly body: string
}

export type Answer = number | 'never'

/** A receiver that keeps requests and answers with the status for the number of requests so far. */
export async function startReceiver(answer: Answer | ((count: number) => Answer) = 200) {
  const received: Received[] = []
  const origin = await serve(async (request, response) => {
    const bytes = await buffer(request)
    const count = received.push({ headers: request.headers, bytes, body: bytes.toString() })
    const status = typeof answer === 'function' ? answer(count) : answer
    if (status !== 'never') response.writeHead(status, { location: '/elsewhere' }).end()
  })
  return { url: `${origin}/hooks`, received }
}
