/**
 * The synthesized CloudFormation template, validated once, so that an unexpected shape fails here and the error names
 * the resource.
 */

import { isObject, type Json, type JsonObject } from '../json.ts'

export interface TemplateResource {
  readonly type: string
  readonly properties: JsonObject
  readonly dependsOn: readonly string[]
}

export interface Template {
  /** By logical id, in the template's order. */
  readonly resources: ReadonlyMap<string, TemplateResource>
  readonly outputs: JsonObject
}

export class TemplateError extends Error {
  override readonly name = 'TemplateError'
}

/** @throws {TemplateError} when the document is not a CloudFormation template, or a resource has a condition. */
export function parseTemplate(document: unknown): Template {
  if (!isObject(document) || !isObject(document.Resources)) throw new TemplateError('the template has no Resources')
  const resources = Object.entries(document.Resources).map(
    ([id, resource]) => [id, parseResource(id, resource)] as const,
  )
  return { resources: new Map(resources), outputs: outputValues(document.Outputs) }
}

function outputValues(outputs: Json = {}): JsonObject {
  const all = Object.entries(isObject(outputs) ? outputs : {})
  return Object.fromEntries(all.map(([name, output]) => [name, isObject(output) ? (output.Value ?? null) : null]))
}

function parseResource(id: string, resource: Json): TemplateResource {
  if (!isObject(resource) || typeof resource.Type !== 'string') throw new TemplateError(`resource ${id} has no Type`)
  if (resource.Condition !== undefined) throw new TemplateError(`${id}: the local run does not know Condition`)
  const { DependsOn: dependsOn = [] } = resource
  return {
    type: resource.Type,
    properties: isObject(resource.Properties) ? resource.Properties : {},
    dependsOn: [dependsOn].flat().filter((entry) => typeof entry === 'string'),
  }
}
