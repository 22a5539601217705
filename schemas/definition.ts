/**
 * Log schemas: the data of `schemas/<provider>/<stream>.yaml`, from which normalizer, Parquet files, Glue tables and
 * documentation are made.
 */

import type { OcsfMapping } from './ocsf.ts'

/** The format of a time. */
export type TimeFormat = (typeof timeFormats)[number]

export const timeFormats = ['rfc3339', 'unix', 'unix_ms', 'unix_us', 'unix_ns'] as const

/** What a value identifies; each indicator feeds one or more `p_any_*` columns. */
export type Indicator = (typeof indicators)[number]

export const indicators = [
  'ip',
  'domain',
  'hostname',
  'net_addr',
  'url',
  'email',
  'username',
  'actor_id',
  'trace_id',
  'md5',
  'sha1',
  'sha256',
  'aws_account_id',
  'aws_arn',
  'aws_instance_id',
  'aws_tag',
  'mac',
  'serial_number',
] as const

/** Path of members, joined by dots -> what the text or number there identifies. Lists on the way are looked through. */
export type MemberIndicators = Readonly<Record<string, readonly Indicator[]>>

export type ScalarType = (typeof scalarTypes)[number]

export const scalarTypes = ['string', 'int', 'smallint', 'bigint', 'float', 'boolean', 'timestamp', 'json'] as const

/** The type of a value: a scalar, an object with named fields, or an array of one element type. */
export type ValueType =
  | {
      readonly type: ScalarType
      readonly formats?: readonly TimeFormat[]
      readonly indicators?: readonly Indicator[]
      /** Of a json column: the places in it that hold indicators. */
      readonly memberIndicators?: MemberIndicators
    }
  | { readonly type: 'object'; readonly fields: readonly Field[] }
  | {
      readonly type: 'array'
      readonly element: ValueType
      /** Field id of the elements in data files. */
      readonly elementId: number
    }

export type Field = ValueType & {
  /** The member's name exactly as the provider sends it. */
  readonly name: string
  /** The name of the column (or struct member): lower case, letters, digits and underscores. */
  readonly column: string
  /** Field id of the column (or struct member) in data files, unique in the table; `schemas/field-ids/` holds them. */
  readonly id: number
  /** The provider documents that the member is always present. An event without it is still stored. */
  readonly required?: true
  /** Absent in the generated modules, which are bundled into functions. */
  readonly description?: string
}

/** A path of member names from the event's root. */
export type Path = readonly string[]

/** One part of a natural key. */
export type KeyPart =
  | { readonly part: 'source' }
  /** The first of these members that is present and not empty, as text. A missing optional one counts as empty text. */
  | { readonly part: 'member'; readonly anyOf: readonly Path[]; readonly optional?: true }
  /** A hash over the canonical form of the member. */
  | { readonly part: 'hash'; readonly path: Path }
  /** The UTC day of a timestamp member. */
  | { readonly part: 'day'; readonly path: Path }
  /** The value of an attribute column, from the transport. */
  | { readonly part: 'attribute'; readonly column: string }
  /** A hash over the canonical form of the whole event. */
  | { readonly part: 'canonical' }

/** A column filled from the transport, for example from an HTTP header, because the body lacks the value. */
export interface AttributeColumn {
  readonly column: `p_${string}`
  /** As the id of a field. */
  readonly id: number
  readonly description?: string
}

export interface LogSchema {
  /** `<Provider>.<Stream>`, for example `GitHub.Webhook`; for the pipeline's own tables, the table's name. */
  readonly logType: string
  /** The log type in lower case with the dot as an underscore. */
  readonly table: string
  /** Grows by one when columns are added. */
  readonly version: number
  readonly description?: string
  /** The provider's page that documents the events; absent for the pipeline's own tables. */
  readonly reference?: string
  /** Timestamp members in the order of trying; empty when events carry no time. */
  readonly eventTime: readonly Path[]
  /** Natural keys in the order of trying; an event that has none in full is its own key. */
  readonly key: readonly (readonly KeyPart[])[]
  readonly attributes: readonly AttributeColumn[]
  readonly fields: readonly Field[]
  /** What its rows mean in the view `all_events`. Absent in the generated modules, which are bundled into functions. */
  readonly ocsf?: OcsfMapping
}
