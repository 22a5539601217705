import type { ObjectReader } from '../../lambdas/core/ports.ts'

/** Objects in memory that are read in parts. Records reads: a key for each opening, then each part. */
export function memoryReader(objects: ReadonlyMap<string, Uint8Array>) {
  const opened: string[] = []
  const slices: { readonly key: string; readonly start: number; readonly end: number }[] = []
  const reader: ObjectReader = {
    async open(key) {
      opened.push(key)
      const body = objects.get(key)
      if (!body) return undefined
      const { buffer, byteLength } = new Uint8Array(body)
      return {
        byteLength,
        async slice(start, end = byteLength) {
          slices.push({ key, start, end })
          return buffer.slice(start, end)
        },
      }
    },
  }
  return { reader, opened, slices }
}
