import { gzipSync } from 'node:zlib'
import { auditEvents } from '../events.ts'
import { figure } from '../figure.ts'
import { readBenchObject } from '../object-reading.ts'

const limitMb = 256
const decompressed = 1_000_000_000
const textBytes = auditEvents(2_000)
const textLength = textBytes.length
const member = gzipSync(textBytes)

/** One gzip member again and again, since any number of them is an object. */
async function* read(): AsyncGenerator<Uint8Array> {
  for (let made = 0; made < decompressed; made += textLength) yield member
}

const { position } = await readBenchObject(read)
if (position.bytes < decompressed) throw new RangeError(`only ${position.bytes} bytes were read`)
const peak = process.resourceUsage().maxRSS / 1_000
const what =
  'peak memory of a process that reads an object of 1 GB after decompression, young garbage bounded by V8 semi-spaces of 16 MiB'
console.log(JSON.stringify(figure('stream-reader-memory', peak, 'MB', limitMb, what)))
