import type { z } from 'zod'
import {
  activitiesOf,
  anyAction,
  byVerb,
  type Condition,
  type MemberSource,
  type OcsfMapping,
  ocsfClasses,
  type TextSource,
} from '../ocsf.ts'
import type { FieldForm, LogSchemaForm } from './definition-form.ts'
import type { ConditionForm, OcsfForm, SourceForm } from './ocsf-form.ts'
import { nearest } from './problem-wording.ts'
import { columnName } from './schema-rules.ts'

/** Finds the members that the part `ocsf` of a schema file names, and checks its words against OCSF. */

/** Adds a problem for each name of the mapping that neither the schema nor OCSF knows. */
export function checkOcsf(schema: LogSchemaForm, context: z.core.$RefinementCtx): void {
  const { ocsf } = schema
  if (ocsf === undefined) return
  const problem = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: ['ocsf', ...path], message })
  toOcsfMapping(schema, ocsf, problem)
  for (const [index, { class: name, activities }] of ocsf.classes.entries()) {
    const known = ocsfClasses[name]
    if (known === undefined) {
      problem(
        ['classes', index, 'class'],
        `${name} is not a class that is used here${meant(name, Object.keys(ocsfClasses))}`,
      )
      continue
    }
    const names = [...Object.values(activitiesOf(known)), ...(hasVerbs(name) ? [byVerb] : [])]
    for (const activity of Object.keys(activities)) {
      if (!names.includes(activity)) {
        problem(['classes', index, 'activities', activity], `is not an activity of ${name}${meant(activity, names)}`)
      }
    }
  }
  for (const [index, { type, typeFrom, name, uid }] of (ocsf.resources ?? []).entries()) {
    if ((type === undefined) === (typeFrom === undefined))
      problem(['resources', index], 'needs either type or typeFrom')
    if (name === undefined && uid === undefined) problem(['resources', index], 'needs a name or a uid')
  }
}

/** Only these have all activities that a verb can name. */
const hasVerbs = (name: string): boolean => name === 'Entity Management' || name === anyAction

const meant = (word: string, known: readonly string[]): string => {
  const near = nearest(word, known)
  return near === undefined ? `; write one of ${known.join(', ')}` : `; did you mean ${near}?`
}

interface CaseForm<Name extends string> {
  readonly is: Name
  readonly when?: ConditionForm | undefined
}

/**
 * The mapping with its members found.
 * @param onFault called for each path that names no member, with its place below `ocsf`; the mapping is then of no use
 */
export function toOcsfMapping(
  schema: LogSchemaForm,
  ocsf: OcsfForm,
  onFault: (at: PropertyKey[], fault: string) => void = refuse,
): OcsfMapping {
  const member = (at: PropertyKey[], path: string): MemberSource => {
    const found = findMember(schema, path)
    if (typeof found !== 'string') return found
    onFault(at, found)
    return { steps: [], is: 'text', inside: [] }
  }
  const condition = (at: PropertyKey[], form: ConditionForm = {}): Condition =>
    Object.entries(form).map(([path, globs]) => ({ member: member([...at, 'when', path], path), globs }))
  const sources = (at: PropertyKey[], forms: readonly SourceForm[] = []): TextSource[] =>
    forms.map((form, index) =>
      typeof form === 'string'
        ? { member: member([...at, index], form), when: [] }
        : { member: member([...at, index, 'from'], form.from), when: condition([...at, index], form.when) },
    )
  const cases = <Name extends string>(at: PropertyKey[], forms: readonly CaseForm<Name>[] = []) =>
    forms.map(({ is, when }, index) => ({ is, when: condition([...at, index], when) }))
  return {
    operation: (ocsf.operation ?? []).map((path, index) => member(['operation', index], path)),
    columns: Object.fromEntries(
      Object.entries(ocsf.columns).map(([column, forms]) => [column, sources(['columns', column], forms)]),
    ),
    actorType: cases(['actorType'], ocsf.actorType),
    status: cases(['status'], ocsf.status),
    resources: (ocsf.resources ?? []).map(({ type = '', typeFrom, name, uid }, index) => ({
      type: typeFrom === undefined ? type : member(['resources', index, 'typeFrom'], typeFrom),
      name: sources(['resources', index, 'name'], name),
      uid: sources(['resources', index, 'uid'], uid),
    })),
    classes: ocsf.classes,
  }
}

function refuse(at: PropertyKey[], fault: string): never {
  throw new Error(`${at.join('.')}: ${fault}`)
}

/**
 * Finds the text at a path of member names; `[]` behind a name stands for the first element of a list. Attributes of
 * the transport are found as well.
 * @returns the fault when there is none
 */
function findMember({ fields, attributes = [] }: LogSchemaForm, path: string): MemberSource | string {
  if (attributes.some(({ name }) => name === path)) return { steps: [{ column: path }], is: 'text', inside: [] }
  const names = path.split('.')
  const steps: { column: string; firstOf?: true }[] = []
  let members: readonly FieldForm[] = fields
  for (const [index, step] of names.entries()) {
    const name = step.replace(/\[\]$/, '')
    const field = members.find((one) => one.name === name)
    if (field === undefined) return `${path} is not a field of this schema${meantField(name, members)}`
    const isList = field.type === 'array'
    if (isList !== step.endsWith('[]')) {
      return isList ? `${name} is a list; write ${name}[] for its first element` : `${name} is not a list; leave [] out`
    }
    steps.push({ column: columnName(name), ...(isList && { firstOf: true }) })
    const type = isList ? elementType(field) : field.type
    if (type === 'object') {
      members = (isList && typeof field.element === 'object' ? field.element.fields : field.fields) ?? []
      continue
    }
    return leaf(type, steps, names.slice(index + 1), path)
  }
  return `${path} is an object; name a member of it`
}

const elementType = ({ element }: FieldForm): FieldForm['type'] =>
  typeof element === 'object' ? element.type : (element ?? 'json')

const meantField = (name: string, fields: readonly FieldForm[]): string => {
  const near = nearest(
    name,
    fields.map((field) => field.name),
  )
  return near === undefined ? '' : `; did you mean ${near}?`
}

function leaf(
  type: FieldForm['type'],
  steps: MemberSource['steps'],
  inside: readonly string[],
  path: string,
): MemberSource | string {
  if (type === 'json') {
    const odd = inside.find((name) => !/^[A-Za-z_]\w*$/.test(name))
    return odd === undefined ? { steps, is: 'json', inside } : `${odd} is not a name that a path in JSON can hold here`
  }
  // Some texts hold JSON, such as a representation of a target.
  if (type === 'string') return inside.length > 0 ? leaf('json', steps, inside, path) : { steps, is: 'text', inside }
  if (inside.length > 0) return `${path} goes on below a ${type}, which has no members`
  if (type === 'boolean' || type === 'bigint' || type === 'int' || type === 'smallint') {
    return { steps, is: 'other', inside }
  }
  return `${path} is a ${type}; name a text, a whole number or a boolean`
}
