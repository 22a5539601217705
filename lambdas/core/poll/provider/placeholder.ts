import { isPlainObject, isText, jsonIn } from '../../json/forms.ts'

/** Keys of providers are longer than this many characters. */
const longestPlaceholder = 15

/** Marks of a place to fill in. */
const marks = /^<.*>$|…/

/** A run of one character at the end, such as `ghp_xxxx`. */
const run = /(?:^|[_-])([x*0.])\1{2,}$/i

/**
 * Whether a secret holds an example instead of a credential, such as `<token>`, `ghp_xxx`, `{"token": "…"}` or `hello`.
 * Only what no provider gives out counts: anything else is left to the provider.
 */
export function isPlaceholder(secret: string): boolean {
  const text = secret.trim()
  const value = jsonIn(text)
  if (!isPlainObject(value)) return !text.startsWith('{') && isExample(isText(value) ? value.trim() : text)
  const texts = Object.values(value).filter(isText)
  // Of several members, some are names and numbers, which can look like anything.
  const [only] = Object.keys(value).length === 1 ? texts : []
  return only === undefined ? texts.some((one) => marks.test(one.trim())) : isExample(only.trim())
}

const isExample = (text: string): boolean =>
  text.length <= longestPlaceholder || marks.test(text) || run.test(text) || text.endsWith('...')
