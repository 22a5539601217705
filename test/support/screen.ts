import { Writable } from 'node:stream'

/** A screen that records what is written to it. */
export function rememberingScreen({ isTTY, columns = 80 }: { readonly isTTY: boolean; readonly columns?: number }) {
  let text = ''
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk)
        done()
      },
    }),
    { isTTY, columns, rows: 24 },
  )
  return { stream, written: () => text }
}
