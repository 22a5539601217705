import { type Json, maxDepth, nestsTooDeep, parseJson } from '../json/json.ts'

/** The JSON texts that are no object, list or quoted text. */
const plainForm = /^[ \t\n\r]*(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)[ \t\n\r]*$/
const enclosedForm = /^[ \t\n\r]*(?:\{|\[|")/

/** Whether a text is JSON itself, so that a reader of a json column would take it for more than text. */
export function readsAsJson(text: string): boolean {
  // A parser's error takes many times as long as these patterns, and most texts are not JSON.
  if (!enclosedForm.test(text)) return plainForm.test(text)
  // So does a parser with megabytes of brackets; to take them for JSON costs a copy in p_unmapped.
  if (nestsTooDeep(text, maxDepth)) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The value that a json column stands for: what its text says as JSON, else the text itself. */
export function valueOfJsonColumn(text: string): Json {
  try {
    return readsAsJson(text) ? parseJson(text) : text
  } catch {
    return text
  }
}
