import { join } from 'node:path'

/**
 * Converts S3 keys to file paths and back. A key of lower-case letters, digits and `-_.=+,@~()` is its own path, so
 * that other programs (DuckDB, a shell) find the lake's files by key. Other bytes are percent-encoded, because macOS
 * takes `A` and `a`, or two spellings of one accented letter, for the same name.
 *
 * Three kinds of segment get a name that percent-encoding never produces: `.` and `..` have every dot encoded, an empty
 * segment (`a//b`, `a/`) is `%-`, and a segment longer than a file name is cut into nested folders whose names end in
 * `%+`. A key can therefore never leave its bucket's folder.
 */

const plain = /[a-z0-9\-_.=+,@~()]/
const emptySegment = '%-'
const continued = '%+'
/** File systems allow 255 bytes in a name; this leaves room for an escape that must not be cut, and for the mark. */
const longestPiece = 240

/** The file that holds an object. `dir` is the object store's folder. */
export function objectPath(dir: string, bucket: string, key: string): string {
  return join(dir, bucket, pathOfKey(key))
}

/** The path of a key inside its bucket's folder, always with `/`. */
export function pathOfKey(key: string): string {
  return key.split('/').map(encodeSegment).join('/')
}

/** The key of a path; undefined for a file without a key, such as one that a desktop put there. */
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
    return '' // a foreign encoding, which the comparison in keyOfPath rejects
  }
}
