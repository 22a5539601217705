import { join } from 'node:path'

/**
 * How an S3 key becomes a file path and back. Keys of lower-case letters, digits and `-_.=+,@~()` are their own path, so
 * other programs (DuckDB, a shell) find the lake's files by their key. Every other byte is percent-encoded, for reasons
 * of file systems: macOS takes `A` and `a`, or two spellings of one accented letter, for the same name.
 *
 * Three kinds of segment have no name of their own and get one that percent-encoding never produces: `.` and `..` have
 * every dot encoded, an empty segment (`a//b`, `a/`) is `%-`, and a segment that is longer than a file name may be is
 * cut into nested folders whose names end in `%+`. So a key can never leave its bucket's folder.
 */

const plain = /[a-z0-9\-_.=+,@~()]/
const emptySegment = '%-'
const continued = '%+'
/** File systems allow 255 bytes in a name; a piece may grow by an escape that must not be cut, and by the mark. */
const longestPiece = 240

/** The file that holds an object. `dir` is the object store's folder. */
export function objectPath(dir: string, bucket: string, key: string): string {
  return join(dir, bucket, pathOfKey(key))
}

/** The path of a key inside its bucket's folder, always with `/`. */
export function pathOfKey(key: string): string {
  return key.split('/').map(encodeSegment).join('/')
}

/** The key whose path this is; undefined for a file that no key leads to, for example one a desktop put there. */
export function keyOfPath(path: string): string | undefined {
  const key = path
    .replaceAll(`${continued}/`, '')
    .split('/')
    .map((name) => (name === emptySegment ? '' : decodeSegment(name)))
    .join('/')
  return pathOfKey(key) === path ? key : undefined
}

function encodeSegment(segment: string): string {
  if (segment === '') return emptySegment
  if (segment === '.' || segment === '..') return segment.replaceAll('.', '%2E')
  const encoded = [...segment].map((char) => (plain.test(char) ? char : percentEncoded(char)))
  const pieces = ['']
  for (const unit of encoded.flatMap((text) => text.match(/%..|./g) ?? [])) {
    const last = pieces.length - 1
    if (`${pieces[last]}${unit}`.length > longestPiece) pieces.push(unit)
    else pieces[last] += unit
  }
  return pieces.join(`${continued}/`)
}

function percentEncoded(char: string): string {
  return [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

function decodeSegment(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return '' // not our encoding: the comparison in keyOfPath turns it away
  }
}
