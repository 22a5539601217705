import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { jsonIn } from '../lambdas/core/json/forms.ts'

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [member: string]: Json
}

/** Whether a value from JSON is an object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object in a file; an empty one if the file is missing, invalid, or being written. */
export function readObject(file: string): JsonObject {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/**
 * What `replaceFile` has written; `undefined` if the file is missing.
 * @throws {Error} with the problem when the file holds anything else, which is not quoted, because it may be secret
 */
export function readKept<Form extends z.ZodType>(file: string, form: Form, problem: string): z.infer<Form> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const { success, data } = form.safeParse(jsonIn(text))
  if (!success) throw new Error(`${file} ${problem}`)
  return data
}

/** Writes a file as JSON, atomically, and for this user only, because it may hold credentials. Makes its folder. */
export function replaceFile(file: string, content: object): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
