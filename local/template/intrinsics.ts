import { isObject, type Json, type JsonObject } from '../json.ts'
import { type Template, TemplateError } from './template.ts'

/** A resource's values for `Ref` and `Fn::GetAtt`. */
export interface ResourceValues {
  readonly ref: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface Scope {
  readonly template: Template
  /** Pseudo parameters such as `AWS::Region`. */
  readonly pseudoParameters: Readonly<Record<string, string>>
  /** Resources made so far, by logical id. */
  readonly created: ReadonlyMap<string, ResourceValues>
}

/**
 * The properties of a resource with every intrinsic function replaced by its value.
 *
 * @throws {TemplateError} naming resource and path of an unknown intrinsic or a dangling reference.
 */
export function resolveProperties(id: string, scope: Scope): JsonObject {
  const resolved = resolve(scope.template.resources.get(id)?.properties ?? {}, id, scope)
  return isObject(resolved) ? resolved : {}
}

/** The template's outputs that are text. */
export function resolveOutputs(scope: Scope): Record<string, string> {
  const resolved = Object.entries(scope.template.outputs).map(([name, value]) => [
    name,
    resolve(value, `Outputs.${name}`, scope),
  ])
  return Object.fromEntries(resolved.filter(([, value]) => typeof value === 'string'))
}

/**
 * Logical ids in an order in which every resource comes after all that it refers to.
 *
 * @throws {TemplateError} when references form a circle.
 */
export function creationOrder(template: Template): string[] {
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (id: string, trail: readonly string[]): void => {
    if (state.get(id) === 'done') return
    if (state.get(id) === 'open') {
      throw new TemplateError(`resources refer to each other in a circle: ${[...trail, id].join(' -> ')}`)
    }
    state.set(id, 'open')
    const resource = template.resources.get(id)
    const needed = new Set([...(resource?.dependsOn ?? []), ...references(resource?.properties ?? {})])
    for (const other of needed) if (template.resources.has(other)) visit(other, [...trail, id])
    state.set(id, 'done')
    order.push(id)
  }
  for (const id of template.resources.keys()) visit(id, [])
  return order
}

/** Every resource that the value refers to, and pseudo parameters. */
function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([member, argument]) => {
    if (member === 'Ref' && typeof argument === 'string') return [argument]
    if (member === 'Fn::GetAtt' && Array.isArray(argument)) return argument.slice(0, 1).map(String)
    return references(argument)
  })
}

function resolve(value: Json, path: string, scope: Scope): Json {
  if (Array.isArray(value)) return value.map((entry, index) => resolve(entry, `${path}[${index}]`, scope))
  if (!isObject(value)) return value
  const [name, ...others] = Object.keys(value)
  const argument = name === undefined ? undefined : value[name]
  if (name !== undefined && argument !== undefined && others.length === 0) {
    if (name === 'Ref') return reference(text(argument, path), path, scope)
    if (name.startsWith('Fn::')) {
      const intrinsic = intrinsics[name]
      if (intrinsic === undefined) throw new TemplateError(`${path}: the local run does not know the intrinsic ${name}`)
      return intrinsic(argument, `${path}.${name}`, scope)
    }
  }
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([member, inner]) => [member, resolve(inner, `${path}.${member}`, scope)]))
}

function reference(name: string, path: string, scope: Scope): string {
  const value = scope.created.get(name)?.ref ?? scope.pseudoParameters[name]
  if (value === undefined) throw new TemplateError(`${path}: Ref to "${name}", which is not there`)
  return value
}

type Intrinsic = (argument: Json, path: string, scope: Scope) => Json

/**
 * The intrinsics that the stack uses; any other is an error.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
const intrinsics: Readonly<Record<string, Intrinsic>> = {
  'Fn::GetAtt': (argument, path, scope) => {
    const [name = '', attribute = ''] = list(argument, path, 2).map((part) => text(part, path))
    const created = scope.created.get(name)
    if (created === undefined) throw new TemplateError(`${path}: GetAtt of "${name}", which is not there`)
    const value = created.attributes[attribute]
    if (value !== undefined) return value
    const type = scope.template.resources.get(name)?.type
    throw new TemplateError(`${path}: the local run does not know the attribute "${attribute}" of ${name} (${type})`)
  },
  'Fn::Join': (argument, path, scope) => {
    const [separator, entries] = list(resolve(argument, path, scope), path, 2)
    return list(entries, path)
      .map((entry) => text(entry, path))
      .join(text(separator, path))
  },
  'Fn::Select': (argument, path, scope) => {
    const [index, entries] = list(resolve(argument, path, scope), path, 2)
    const selected = list(entries, path)[Number(text(index, path))]
    if (selected === undefined) throw malformed(path, `an entry ${text(index, path)}`)
    return selected
  },
  'Fn::Split': (argument, path, scope) => {
    const [separator, whole] = list(resolve(argument, path, scope), path, 2)
    return text(whole, path).split(text(separator, path))
  },
  // The CDK writes it for names of assets, with pseudo parameters only.
  'Fn::Sub': (argument, path, scope) =>
    text(argument, path).replace(/\$\{([^}]+)\}/g, (_, name: string) => reference(name, path, scope)),
}

function malformed(path: string, expected: string): TemplateError {
  return new TemplateError(`${path}: expected ${expected}`)
}

function list(value: Json | undefined, path: string, length?: number): Json[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
    throw malformed(path, length === undefined ? 'a list' : `a list of ${length}`)
  }
  return value
}

function text(value: Json | undefined, path: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw malformed(path, 'text')
}
