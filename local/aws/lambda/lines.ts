import type { Readable } from 'node:stream'

/** Calls back with every line of a text stream, without line ends. The last line may lack one. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest: string[] = []
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    const [first = '', ...others] = chunk.split('\n')
    rest.push(first)
    for (const next of others) {
      onLine(rest.join(''))
      rest = [next]
    }
  })
  stream.on('end', () => {
    const last = rest.join('')
    if (last !== '') onLine(last)
  })
}

/** The first words of a line, then the rest of it. */
export function splitWords(line: string, words: number): string[] {
  const found: string[] = []
  let start = 0
  for (let n = 0; n < words; n++) {
    const end = line.indexOf(' ', start)
    found.push(line.slice(start, end))
    start = end + 1
  }
  return [...found, line.slice(start)]
}
