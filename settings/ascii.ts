/** The letters that Unicode does not decompose, and punctuation that has an ASCII counterpart. */
const counterparts: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', Æ: 'AE', æ: 'ae', Œ: 'OE', œ: 'oe', Ø: 'O', ø: 'o', Ł: 'L', ł: 'l', Đ: 'D', đ: 'd', ı: 'i' },
  ...{ Þ: 'Th', þ: 'th', Ð: 'D', ð: 'd', '‐': '-', '–': '-', '—': '-', '‘': "'", '’': "'" },
  ...{ '“': '"', '”': '"', '„': '"', '«': '"', '»': '"' },
}

/**
 * JSON of a value in ASCII; reading it gives the same value. CloudFormation stores other characters but shows `?` for
 * them, so that a template that has some cannot be imported or compared.
 */
export function asciiJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * A text for people in ASCII: accents are left out, symbols such as emoji too, and `?` stands for each letter that has
 * no counterpart.
 */
export function asciiText(text: string): string {
  return withCounterparts(text).replaceAll(/[^\x20-\x7e]/gu, '?')
}

/** The label of a source in ASCII, as `asciiText`; a label that would lose letters is replaced by the source's id. */
export function asciiLabel({ id, label }: { readonly id: string; readonly label: string }): string {
  const text = withCounterparts(label)
  return /^[\x20-\x7e]+$/.test(text) ? text : `source ${id}`
}

/** An address with its host and path as they are sent, in ASCII; one in ASCII stays as it is. */
export function asciiAddress(address: string): string {
  return /^[\x20-\x7e]*$/.test(address) ? address : (URL.parse(address)?.href ?? encodeURI(address.toWellFormed()))
}

function withCounterparts(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\P{ASCII}/gu, (character) => counterparts[character] ?? character)
    .replaceAll(/(?!\p{ASCII})[\p{M}\p{S}\p{Cf}]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
