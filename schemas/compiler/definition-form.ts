import type { Indicator, MemberIndicators, ScalarType, TimeFormat } from '../definition.ts'
import type { ActorType, EventColumn, StatusName } from '../ocsf.ts'

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

/** Path of a member -> texts of which it has one. */
export type ConditionForm = Readonly<Record<string, readonly string[]>>

/** The path of a member, or that under a condition. */
export type SourceForm = string | { readonly from: string; readonly when: ConditionForm }

export interface CaseForm<Name extends string> {
  readonly is: Name
  readonly when?: ConditionForm | undefined
}

/** The part `ocsf` of a schema file; `OcsfMapping` says what it means. */
export interface OcsfForm {
  readonly operation?: readonly string[] | undefined
  readonly columns: Readonly<Partial<Record<EventColumn, readonly SourceForm[] | undefined>>>
  readonly actorType?: readonly CaseForm<ActorType>[] | undefined
  readonly status?: readonly CaseForm<StatusName>[] | undefined
  readonly resources?:
    | readonly {
        readonly type?: string | undefined
        readonly typeFrom?: string | undefined
        readonly name?: readonly SourceForm[] | undefined
        readonly uid?: readonly SourceForm[] | undefined
      }[]
    | undefined
  readonly classes: readonly {
    readonly class: string
    readonly activities: Readonly<Record<string, readonly string[]>>
  }[]
}
