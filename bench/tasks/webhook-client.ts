import { Agent, request } from 'node:http'
import { githubEvents } from '../../simulators/github/payloads.ts'
import { type SignedDelivery, signDelivery } from '../../simulators/github/webhooks.ts'

/** Posts webhooks as fast as they are acknowledged and prints the seconds. Its own process stays out of the figures. */
const [url = '', secret = '', count = ''] = process.argv.slice(2)
const connections = 24

const agent = new Agent({ keepAlive: true, maxSockets: connections })
const events = githubEvents.filter(({ event }) => event !== 'ping')
const deliveries = events.map(({ event, payload }) => signDelivery({ event, payload, secret }))
await post(deliveries[0])
const start = performance.now()
let next = 0
const send = async () => {
  while (next < Number(count)) await post(deliveries[next++ % deliveries.length])
}
await Promise.all(Array.from({ length: connections }, send))
console.log((performance.now() - start) / 1_000)
agent.destroy()

function post(delivery: SignedDelivery | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const { headers, body } = delivery ?? { headers: {}, body: Buffer.alloc(0) }
  const guid = { 'x-github-delivery': crypto.randomUUID(), 'content-length': body.length }
  const sent = request(url, { method: 'POST', agent, headers: { ...headers, ...guid } }, (answer) => {
    answer.resume().on('end', () => {
      if (answer.statusCode === 200) resolve()
      else reject(new Error(`answered ${answer.statusCode}`))
    })
  })
  sent.on('error', reject).end(body)
  return promise
}
