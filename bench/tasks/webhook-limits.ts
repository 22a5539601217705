import { execFileSync } from 'node:child_process'
import { gzipSync } from 'node:zlib'
import { room } from '../../lambdas/functions/webhook/env.ts'
import { median, print } from '../figure.ts'
import { benchHeaders, benchReceiver } from '../receiver.ts'
import { worstRequests } from '../worst-requests.ts'

/**
 * How long the worst requests within the limits of a webhook would take on Lambda, by the processor time of a receiver
 * that starts with them, so that nothing is compiled yet. A part of a processor takes so much longer than a whole one:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const share = room.memoryMb / 1_769
const runs = 3

const [chosen] = process.argv.slice(2)
if (chosen !== undefined) console.log(JSON.stringify(await measure(chosen)))
else {
  for (const name of Object.keys(worstRequests)) {
    const measured = Array.from({ length: runs }, () => inProcessOfItsOwn(name))
    const seconds = median(measured.map(({ cpuSeconds }) => cpuSeconds)) / share
    const what = `a request at the limits, in seconds at ${room.memoryMb} MB, against half of the function's time`
    print(`webhook-limits-${name}`, seconds, 's', room.seconds / 2, what)
    const peak = median(measured.map(({ peakMb }) => peakMb))
    const memory = "the peak memory of its process, against the function's"
    print(`webhook-limits-${name}-memory`, peak, 'MB', room.memoryMb, memory)
  }
}

interface Cost {
  readonly cpuSeconds: number
  readonly peakMb: number
}

function inProcessOfItsOwn(name: string): Cost {
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', import.meta.filename, name], { encoding: 'utf8' }))
}

async function measure(name: string): Promise<Cost> {
  const worst = worstRequests[name]
  if (worst === undefined) throw new TypeError(`no request ${name}`)
  const receive = await benchReceiver(worst.sourceType)
  const text = Buffer.from(worst.body())
  const body = worst.isZipped ? gzipSync(text) : text
  const isBase64Encoded = worst.isZipped ?? false
  const event = JSON.stringify({
    pathParameters: { sourceId: 'hooks' },
    headers: benchHeaders(body, 'push'),
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  })
  // The texts that made the request are not the receiver's garbage.
  globalThis.gc?.()
  const before = process.cpuUsage()
  const { status } = await receive(JSON.parse(event))
  const { user, system } = process.cpuUsage(before)
  if (status !== worst.status) throw new Error(`${name} is answered ${status} instead of ${worst.status}`)
  return { cpuSeconds: (user + system) / 1e6, peakMb: process.resourceUsage().maxRSS / 1_000 }
}
