/**
 * The little XML that S3 speaks: answers are built from nested lists, and the two request bodies that exist (the parts of
 * an upload, the keys to delete) are flat lists of elements.
 */

/** An element: its name and its content, either text or further elements. */
export type Element = readonly [name: string, content: string | number | boolean | readonly Element[]]

export function renderXml(name: string, content: readonly Element[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${render(content)}</${name}>`
}

/** S3's errors carry no namespace. */
export function renderErrorXml(content: readonly Element[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${render(content)}</Error>`
}

/** The children of every element of this name, in order, each as a map of name to text. */
export function elements(xml: string, name: string): ReadonlyMap<string, string>[] {
  return [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(
    ([, inner = '']) =>
      new Map(
        [...inner.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, child = '', text = '']) => [child, unescapeXml(text)]),
      ),
  )
}

function render(content: Element[1]): string {
  if (typeof content !== 'object') return escapeXml(String(content))
  return content.map(([name, inner]) => `<${name}>${render(inner)}</${name}>`).join('')
}

/** Carriage returns and the like would be lost to a reader's line-end rules if they stood as they are. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (char) => `&#${char.codePointAt(0)};`)
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? whole
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
  })
}
