import { processInfo } from './process-table.ts'

const intervalMs = 250

/**
 * Calls `onGone` once when the process that started this one has died. Looks through a shell between the two, such as
 * npm's, because it outlives its parent.
 *
 * @returns a function that ends the watch.
 */
export function watchParent(onGone: () => void): () => void {
  const shell = /^(ba|da|z|k|a)?sh$/.test(processInfo(process.ppid)?.name ?? '')
  const lineage = () => `${process.ppid} ${shell ? processInfo(process.ppid)?.parent : ''}`
  const atStart = lineage()
  const timer = setInterval(() => {
    if (lineage() === atStart) return
    clearInterval(timer)
    onGone()
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}
