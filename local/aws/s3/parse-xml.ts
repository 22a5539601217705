import { ServiceError } from '../store.ts'

/** An element of a request's XML, without its attributes. */
export interface ParsedElement {
  readonly name: string
  /** Its text, without that of elements inside. */
  readonly text: string
  readonly children: readonly ParsedElement[]
}

interface OpenElement {
  name: string
  text: string
  children: ParsedElement[]
}

/**
 * Reads the XML of a request to S3. Comments, CDATA and document types are no part of it.
 * @returns the outermost element
 * @throws {ServiceError} 400 `MalformedXML`
 */
export function parseXml(xml: string): ParsedElement {
  const root: OpenElement = { name: '', text: '', children: [] }
  const open = [root]
  const body = xml.trim().replace(/^<\?xml[^>]*\?>/, '')
  for (const [piece, closing, name = '', empty] of body.matchAll(/<(\/?)([\w:.-]+)[^<>]*?(\/?)>|[^<]+|</g)) {
    const current = open.at(-1) ?? root
    if (name === '') {
      if (piece === '<') throw malformed()
      current.text += unescapeXml(piece)
    } else if (closing === '/') {
      if (open.length === 1 || open.pop()?.name !== name) throw malformed()
    } else {
      const element: OpenElement = { name, text: '', children: [] }
      current.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  const [outermost, ...others] = root.children
  if (outermost === undefined || others.length > 0 || open.length > 1) throw malformed()
  return outermost
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));/g, (whole, decimal, hexadecimal, name) => {
    if (name !== undefined) return entities[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal)
    if (code > 0x10ffff) throw malformed()
    return String.fromCodePoint(code)
  })
}

export function malformed(): ServiceError {
  return new ServiceError(
    400,
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
  )
}
