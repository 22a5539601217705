import type { Indicator, MemberIndicators, ScalarType, TimeFormat } from '../definition.ts'
import type { OcsfForm } from './ocsf-form.ts'

/** A field of a schema file, before it is compiled. */
export interface FieldForm {
  readonly name: string
  readonly type: ScalarType | 'object' | 'array'
  readonly required?: true | undefined
  readonly description: string
  readonly formats?: readonly TimeFormat[] | undefined
  readonly indicators?: readonly Indicator[] | undefined
  readonly memberIndicators?: MemberIndicators | undefined
  readonly fields?: readonly FieldForm[] | undefined
  readonly element?: Exclude<ScalarType, 'timestamp'> | ObjectElement | undefined
}

interface ObjectElement {
  readonly type: 'object'
  readonly fields: readonly FieldForm[]
}

/** A schema file whose form has been checked. */
export interface LogSchemaForm {
  readonly logType: string
  readonly version: number
  readonly description: string
  readonly reference?: string | undefined
  readonly eventTime: readonly string[]
  readonly key: readonly (readonly string[])[]
  readonly attributes?: readonly { readonly name: string; readonly description: string }[] | undefined
  readonly fields: readonly FieldForm[]
  readonly ocsf?: OcsfForm | undefined
}
