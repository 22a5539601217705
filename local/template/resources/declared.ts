import { isObject, type Json, type JsonObject } from '../../json.ts'
import { TemplateError } from '../template.ts'

/** A resource of the template with its intrinsics resolved. Reads members one by one, with errors that name it. */
export class Declared {
  readonly id: string
  readonly type: string
  readonly properties: JsonObject

  constructor(id: string, type: string, properties: JsonObject) {
    this.id = id
    this.type = type
    this.properties = properties
  }

  /**
   * The resource's name on this machine: the template's, or one made from the logical id, which stays the same after a
   * restart. It satisfies the rules for S3 buckets, the strictest of all.
   */
  physicalName(property: string): string {
    // The last eight characters of a logical id make it unique and must not be cut off.
    const fitting = this.id.length <= 63 ? this.id : `${this.id.slice(0, 54)}-${this.id.slice(-8)}`
    return this.optionalText(property) ?? fitting.toLowerCase()
  }

  text(property: string): string {
    return this.optionalText(property) ?? this.invalid(property, 'text')
  }

  optionalText(property: string): string | undefined {
    const value = this.properties[property]
    return value === undefined || typeof value === 'string' ? value : this.invalid(property, 'text')
  }

  /** CloudFormation accepts numbers as text too. */
  number(property: string, fallback: number): number {
    const value = this.properties[property] ?? fallback
    const number = typeof value === 'string' ? Number(value) : value
    return typeof number === 'number' && !Number.isNaN(number) ? number : this.invalid(property, 'a number')
  }

  list(property: string): readonly Json[] {
    const value = this.properties[property] ?? []
    return Array.isArray(value) ? value : this.invalid(property, 'a list')
  }

  /** A member that is an object, to be read like this one; empty when it is missing. */
  object(property: string): Declared {
    const value = this.properties[property] ?? {}
    return isObject(value)
      ? new Declared(`${this.id}.${property}`, this.type, value)
      : this.invalid(property, 'an object')
  }

  /** The object's members as texts, such as environment variables. */
  texts(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.properties).map((name) => [name, this.text(name)]))
  }

  /**
   * Refuses a property whose meaning would silently be lost here.
   *
   * @throws {TemplateError} when it is set.
   */
  refuse(property: string, reason: string): void {
    if (this.properties[property] === undefined) return
    throw new TemplateError(`${this.id} (${this.type}): the local run does not support ${property}: ${reason}`)
  }

  invalid(property: string, expected: string): never {
    throw new TemplateError(`${this.id} (${this.type}): ${property} should be ${expected}`)
  }
}
