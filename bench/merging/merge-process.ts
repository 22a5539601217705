import { peakMb } from '../process-facts.ts'
import { mergeDay } from './merge-day.ts'
import { mergePorts } from './stores.ts'

/** Merges the day in a process of its own until nothing is left to do; prints a line for each merge. */
const ports = mergePorts()
for (;;) {
  const start = performance.now()
  const { files, rows, lostRace, corrupt } = await mergeDay(ports)
  if (lostRace || corrupt.length > 0) throw new Error('the merge failed')
  if (files === 0) break
  const seconds = (performance.now() - start) / 1_000
  console.log(JSON.stringify({ files, rows, seconds, peakMb: peakMb(process.pid) }))
}
