import { isArray, isObject, type Json, maxDepth, parseJson } from '../json/json.ts'
import { setMember } from '../json/set-member.ts'

/** The only member of an object that stands for a value which valid Unicode cannot express; holds the value's JSON. */
const escapeName = 'p_json'

/**
 * The text of `p_unmapped`, JSON that every engine can read. A string with a lone surrogate, which readers refuse along
 * with all of the text, becomes `{"p_json": "<its JSON>"}`, and so does an object with such a name.
 */
export function unmappedText(rest: Json): string {
  const text = JSON.stringify(rest)
  // Lone surrogates are the only characters that JSON.stringify escapes so.
  return text.includes('\\ud') || text.includes(`"${escapeName}"`) ? JSON.stringify(escaped(rest)) : text
}

/** The value from which {@link unmappedText} made the text. */
export function readUnmapped(text: string): Json {
  return restored(parseJson(text, maxDepth + 1))
}

function escaped(value: Json): Json {
  if (typeof value === 'string') return value.isWellFormed() ? value : asEscape(value)
  if (isArray(value)) return value.map(escaped)
  if (!isObject(value)) return value
  const names = Object.keys(value)
  const isExpressible = names.every((name) => name.isWellFormed()) && !isEscape(names)
  return isExpressible ? withMembers(value, names, escaped) : asEscape(value)
}

function restored(value: Json): Json {
  if (isArray(value)) return value.map(restored)
  if (!isObject(value)) return value
  const names = Object.keys(value)
  const { [escapeName]: text } = value
  return isEscape(names) && typeof text === 'string' ? parseJson(text) : withMembers(value, names, restored)
}

const asEscape = (value: Json): Json => ({ [escapeName]: JSON.stringify(value) })

const isEscape = (names: readonly string[]): boolean => names.length === 1 && names[0] === escapeName

function withMembers(
  value: { readonly [name: string]: Json },
  names: readonly string[],
  change: (v: Json) => Json,
): Json {
  const changed: Record<string, Json> = {}
  for (const name of names) setMember(changed, name, change(value[name] ?? null))
  return changed
}
