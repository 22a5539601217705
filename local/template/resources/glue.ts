import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'

/** Databases and tables are not made, because queries read them from the template. */
export function databaseValues(declared: Declared): ResourceValues {
  return { ref: declared.object('DatabaseInput').optionalText('Name') ?? declared.id.toLowerCase(), attributes: {} }
}

export function tableValues(declared: Declared): ResourceValues {
  return { ref: declared.object('TableInput').optionalText('Name') ?? declared.id.toLowerCase(), attributes: {} }
}
