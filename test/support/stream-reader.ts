import { gunzipSync, constants as zlib } from 'node:zlib'
import type { Outcome, StreamObject } from '../../simulators/github/audit-stream-objects.ts'

/** The longest line that is still an event, in bytes. */
const maxLineBytes = 8_000_000

/** What is in objects of an audit-log stream, read in the plainest way, to be compared with what is promised. */
export function readStreamObjects(objects: readonly StreamObject[]): Outcome {
  const outcome = { events: new Map(), usage: new Map(), failures: 0, excluded: 0, ignored: 0 }
  for (const { name, body } of objects) {
    if (name.split('/').at(-1)?.startsWith('_check')) outcome.excluded++
    else if (!/\.json(\.log)?\.gz$/.test(name)) outcome.ignored++
    else {
      const { lines, isWhole } = linesOf(body)
      if (!isWhole) outcome.failures++
      for (const line of lines) {
        const record = Buffer.byteLength(line) > maxLineBytes ? undefined : parsed(line)
        if (record === undefined) outcome.failures++
        else if (record.action === undefined)
          outcome.usage.set(`${record.event_id}/${record.type}`, record['@timestamp'])
        else outcome.events.set(record._document_id, record['@timestamp'])
      }
    }
  }
  return outcome
}

/** The complete lines of a file, and whether it could be read up to its end. */
export function linesOf(body: Buffer): { readonly lines: string[]; readonly isWhole: boolean } {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b
  const whole = isGzip ? inflated(body, zlib.Z_FINISH) : body
  const text = whole ?? readablePart(body)
  const lines = text.toString().split('\n')
  const last = lines.pop() ?? ''
  return { lines: whole !== undefined && last !== '' ? [...lines, last] : lines, isWhole: whole !== undefined }
}

/** `undefined` when the bytes are damaged or, with `Z_FINISH`, cut. */
function inflated(bytes: Buffer, finishFlush: number): Buffer | undefined {
  try {
    return gunzipSync(bytes, { finishFlush })
  } catch {
    return undefined
  }
}

/** What the longest readable beginning of a bad file inflates to: on an error zlib gives nothing back. */
function readablePart(body: Buffer): Buffer {
  let [readable, bad] = [0, body.length + 1]
  while (bad - readable > 1) {
    const middle = (readable + bad) >> 1
    if (inflated(body.subarray(0, middle), zlib.Z_SYNC_FLUSH) === undefined) bad = middle
    else readable = middle
  }
  return inflated(body.subarray(0, readable), zlib.Z_SYNC_FLUSH) ?? Buffer.alloc(0)
}

function parsed(line: string) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
