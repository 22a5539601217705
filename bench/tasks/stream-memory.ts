import { readFileSync } from 'node:fs'
import { print } from '../figure.ts'
import { readBenchObject } from '../object-reading.ts'

const limitMb = 256
const decompressed = 1_000_000_000
/** A compressed object, and its length after decompression in bytes. */
const [file = '', textLength = ''] = process.argv.slice(2)
const member = readFileSync(file)

/** One gzip member again and again, since any number of them is an object. */
async function* read(): AsyncGenerator<Uint8Array> {
  for (let made = 0; made < decompressed; made += Number(textLength)) yield member
}

const { position } = await readBenchObject(read)
if (position.bytes < decompressed) throw new RangeError(`only ${position.bytes} bytes were read`)
const peak = process.resourceUsage().maxRSS / 1_000
const what = "peak memory of a process with the function's flags that reads an object of 1 GB after decompression"
print('stream-reader-memory', peak, 'MB', limitMb, what)
