import { isArray, isObject, type Json } from './json.ts'
import { setMember } from './set-member.ts'

/**
 * The JSON text of a value without lone surrogates, at which readers refuse the whole text: U+FFFD instead.
 * @param text what `JSON.stringify` makes of the value
 */
export function wellFormedJson(value: Json, text: string): string {
  // Lone surrogates are the only characters that JSON.stringify escapes so.
  return text.includes('\\ud') ? JSON.stringify(wellFormed(value)) : text
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed()
  if (isArray(value)) return value.map(wellFormed)
  if (!isObject(value)) return value
  const object: Record<string, Json> = {}
  for (const name of Object.keys(value)) setMember(object, name.toWellFormed(), wellFormed(value[name] ?? null))
  return object
}
