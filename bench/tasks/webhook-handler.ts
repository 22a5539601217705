import { readFileSync } from 'node:fs'
import { benchHeaders, benchReceiver } from '../receiver.ts'
import { measure } from '../task.ts'

/** Signed requests through the whole webhook function, up to the port that would send to the queue. */
const [file = ''] = process.argv.slice(2)
const bodies = readFileSync(file, 'utf8').split('\n').filter(Boolean)
const events = bodies.map((body, index) => ({
  pathParameters: { sourceId: 'hooks' },
  headers: benchHeaders(body, 'pull_request', index),
  body,
}))
const receive = await benchReceiver('github-webhook')

await measure(async () => {
  for (const event of events) {
    const { status } = await receive(event)
    if (status !== 200) throw new Error(`answered ${status}`)
  }
})
