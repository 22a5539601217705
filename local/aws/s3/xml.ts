/** The XML of S3's answers, built from nested lists. */

/** An element: its name and its content, either text or further elements. */
export type Element = readonly [name: string, content: string | number | boolean | readonly Element[]]

export function renderXml(name: string, content: readonly Element[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${render(content)}</${name}>`
}

/** S3's errors have no namespace. */
export function renderErrorXml(content: readonly Element[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${render(content)}</Error>`
}

function render(content: Element[1]): string {
  if (typeof content !== 'object') return escapeXml(String(content))
  return content.map(([name, inner]) => `<${name}>${render(inner)}</${name}>`).join('')
}

/** Escapes carriage returns and the like, which an XML reader would otherwise normalize. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"\p{Cc}]/gu, (char) => `&#${char.codePointAt(0)};`)
}
