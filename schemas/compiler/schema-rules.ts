import type { z } from 'zod'
import { standardColumns } from '../standard-columns.ts'
import type { FieldForm, LogSchemaForm } from './definition-form.ts'
import { nearest } from './problem-wording.ts'

/** Rules for schema files that zod's types cannot express: how their parts fit together. */

type Context = z.core.$RefinementCtx

/** Column names are in lower case because Glue ignores case, and without `@`, which Glue does not allow. */
export function columnName(name: string): string {
  return name.replace(/^@/, 'at_sign_').toLowerCase()
}

/** Whether the table is the pipeline's own, without a provider. */
export function isOwnTable({ logType }: { readonly logType: string }): boolean {
  return !logType.includes('.')
}

/** Checks that extra keys match the type. */
export function checkField(field: FieldForm, context: Context): void {
  const problem = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message })
  const belongs = (key: 'formats' | 'fields' | 'element', owner: FieldForm['type'], example: string) => {
    if (field.type === owner && field[key] === undefined)
      problem(key, `is missing; a field of type ${owner} needs ${example}`)
    if (field.type !== owner && field[key] !== undefined) {
      problem(key, `belongs to type ${owner} only and this is a ${field.type}; remove it or change the type`)
    }
  }
  belongs('formats', 'timestamp', 'its time formats, for example formats: [rfc3339]')
  belongs('fields', 'object', 'the list of its members; use type json for an open object')
  belongs('element', 'array', 'the type of its elements, for example element: string')
  const holdsText = field.type === 'string' || (field.type === 'array' && field.element === 'string')
  if (field.indicators !== undefined && !holdsText) {
    problem('indicators', 'belongs to text only; remove it, or make the type string or a list of strings')
  }
  if (field.memberIndicators !== undefined && field.type !== 'json') {
    problem('memberIndicators', `belongs to type json only and this is a ${field.type}; remove it or change the type`)
  }
  if (!/^[a-z_][a-z0-9_]*$/.test(columnName(field.name))) {
    problem(
      'name',
      `${JSON.stringify(field.name)} gives no usable column name; a name has letters, digits and underscores, and may begin with @`,
    )
  }
}

/** Checks that no two members share a column, as they would if they differed only in case. */
export function checkUniqueColumns(fields: readonly FieldForm[], context: Context): void {
  const owners = new Map<string, string>()
  for (const [index, { name }] of fields.entries()) {
    const column = columnName(name)
    const owner = owners.get(column)
    if (owner === undefined) owners.set(column, name)
    else {
      const message = `gives the column ${column}, which the field ${owner} has already; remove one of the two`
      context.addIssue({ code: 'custom', path: [index, 'name'], message })
    }
  }
}

/**
 * Checks that event times, keys and attributes refer to existing fields, and that no name clashes with the pipeline's.
 */
export function checkReferences(schema: LogSchemaForm, context: Context): void {
  const problem = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message })
  if ((schema.reference === undefined) !== isOwnTable(schema)) {
    const remedy =
      schema.reference === undefined
        ? 'is missing; add it: the https address of the page that documents the events'
        : 'belongs to what a provider sends; remove it from a table of our own'
    problem(['reference'], remedy)
  }
  for (const [index, { name }] of schema.fields.entries()) {
    if (columnName(name).startsWith('p_')) {
      problem(
        ['fields', index, 'name'],
        `${name} begins with p_, which is kept for the pipeline's own columns; leave it to p_unmapped`,
      )
    }
  }
  const attributes = (schema.attributes ?? []).map(({ name }) => name)
  const taken = new Set<string>(standardColumns.map(({ column }) => column))
  for (const [index, name] of attributes.entries()) {
    if (taken.has(name)) problem(['attributes', index, 'name'], `${name} is a column already; choose another name`)
    taken.add(name)
  }
  for (const [index, path] of schema.eventTime.entries()) {
    const fault = timestampFault(schema.fields, path)
    if (fault !== undefined) problem(['eventTime', index], fault)
  }
  for (const [index, parts] of schema.key.entries()) {
    for (const [at, part] of parts.entries()) {
      const fault = keyPartFault(schema.fields, attributes, part)
      if (fault !== undefined) problem(['key', index, at], fault)
    }
  }
}

/** `hash(event)` is the function `hash` with the argument `event`; a bare path has the function ``. */
export function readKeyPart(part: string): { readonly call: string; readonly argument: string } {
  const match = /^([a-z]+)\((.*)\)$/.exec(part)
  return { call: match?.[1] ?? '', argument: match?.[2] ?? part }
}

function keyPartFault(fields: readonly FieldForm[], attributes: readonly string[], part: string): string | undefined {
  if (part === 'source' || part === 'canonical') return undefined
  const { call, argument } = readKeyPart(part)
  switch (call) {
    case 'attribute':
      return attributes.includes(argument) ? undefined : unknownName(argument, 'an attribute', attributes)
    case 'day':
      return timestampFault(fields, argument)
    case 'hash':
      return pathFault(fields, argument)
    case 'optional':
      return scalarFault(fields, argument)
    case 'unlisted':
      return findField(fields, argument) === undefined
        ? undefined
        : `${argument} is listed under fields; write it without unlisted()`
    case '':
      return argument
        .split(' or ')
        .map((path) => scalarFault(fields, path))
        .find((fault) => fault !== undefined)
    default:
      return undefined
  }
}

function timestampFault(fields: readonly FieldForm[], path: string): string | undefined {
  const field = findField(fields, path)
  if (field === undefined) return pathFault(fields, path)
  return field.type === 'timestamp' ? undefined : `${path} is a ${field.type}; name a field of type timestamp`
}

function scalarFault(fields: readonly FieldForm[], path: string): string | undefined {
  const field = findField(fields, path)
  if (field === undefined) return pathFault(fields, path)
  return field.type === 'object' || field.type === 'array'
    ? `${path} is an ${field.type}; write hash(${path})`
    : undefined
}

function pathFault(fields: readonly FieldForm[], path: string): string | undefined {
  if (findField(fields, path) !== undefined) return undefined
  const fault = unknownName(path, 'a field', everyPath(fields, ''))
  return `${fault} (a member without a column is written unlisted(${path}) in a key)`
}

function unknownName(name: string, kind: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return `${name} is not ${kind} of this schema; ${near === undefined ? 'name one that is listed' : `did you mean ${near}?`}`
}

function findField(fields: readonly FieldForm[], path: string): FieldForm | undefined {
  const [head, ...rest] = path.split('.')
  const field = fields.find(({ name }) => name === head)
  return rest.length === 0 || field === undefined ? field : findField(field.fields ?? [], rest.join('.'))
}

function everyPath(fields: readonly FieldForm[], prefix: string): string[] {
  return fields.flatMap(({ name, fields: members }) => [
    prefix + name,
    ...everyPath(members ?? [], `${prefix}${name}.`),
  ])
}
