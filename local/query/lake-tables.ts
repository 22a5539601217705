import { dayMs, dayOf } from '../../lambdas/core/lake/partition.ts'
import { isObject } from '../json.ts'
import { type ResourceValues, resolveProperties, type Scope } from '../template/intrinsics.ts'
import { bucketValues } from '../template/resources/bucket.ts'
import { Declared } from '../template/resources/declared.ts'
import { databaseValues } from '../template/resources/glue.ts'
import type { Template } from '../template/template.ts'

export interface LakeColumn {
  readonly name: string
  /** Glue's type, such as `array<string>`. */
  readonly type: string
}

export interface LakeTable {
  readonly database: string
  readonly name: string
  readonly columns: readonly LakeColumn[]
  readonly partitionKey: string
  readonly bucket: string
  /** Key prefix of the partitions, without a trailing slash. */
  readonly prefix: string
  /** First and last day that a query sees, YYYY-MM-DD; undefined without bounds. */
  readonly days: { readonly first: string; readonly last: string } | undefined
}

export interface LakeView {
  readonly database: string
  readonly name: string
  readonly sql: string
}

export interface LakeCatalog {
  readonly tables: readonly LakeTable[]
  readonly views: readonly LakeView[]
}

/** The tables and views that the template declares; nothing has to run for this. */
export function lakeCatalog(template: Template, now = new Date()): LakeCatalog {
  const created = new Map<string, ResourceValues>()
  const scope: Scope = { template, created, pseudoParameters: { 'AWS::AccountId': '' } }
  const ids: string[] = []
  for (const [id, { type, properties }] of template.resources) {
    if (type === 'AWS::S3::Bucket') created.set(id, bucketValues(new Declared(id, type, properties)))
    if (type === 'AWS::Glue::Database') created.set(id, databaseValues(new Declared(id, type, properties)))
    if (type === 'AWS::Glue::Table') ids.push(id)
  }
  const declared = ids.map((id) => new Declared(id, 'AWS::Glue::Table', resolveProperties(id, scope)))
  const isView = (table: Declared) => table.object('TableInput').optionalText('TableType') === 'VIRTUAL_VIEW'
  return {
    tables: declared.filter((table) => !isView(table)).map((table) => lakeTable(table, now)),
    views: declared.filter(isView).map(lakeView),
  }
}

/** Athena keeps a view's query as base64 of a JSON text inside a comment. */
function lakeView(declared: Declared): LakeView {
  const input: Declared = declared.object('TableInput')
  const [, encoded] = /^\/\* Presto View: ([A-Za-z0-9+/]+=*) \*\/$/.exec(input.text('ViewOriginalText')) ?? []
  const definition: unknown = encoded === undefined ? undefined : JSON.parse(Buffer.from(encoded, 'base64').toString())
  if (!isObject(definition) || typeof definition.originalSql !== 'string') {
    input.invalid('ViewOriginalText', '/* Presto View: ... */ around base64 of a JSON object with originalSql')
  }
  return { database: declared.text('DatabaseName'), name: input.text('Name'), sql: definition.originalSql }
}

function lakeTable(declared: Declared, now: Date): LakeTable {
  const input: Declared = declared.object('TableInput')
  const storage: Declared = input.object('StorageDescriptor')
  const [partition] = columns(input, 'PartitionKeys')
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(storage.text('Location')) ?? []
  if (partition === undefined) input.invalid('PartitionKeys', 'the key that the partitions go by')
  if (bucket === undefined || prefix === undefined) storage.invalid('Location', 's3://bucket/prefix/')
  return {
    database: declared.text('DatabaseName'),
    name: input.text('Name'),
    columns: columns(storage, 'Columns'),
    partitionKey: partition.name,
    bucket,
    prefix,
    days: projectedDays(input.object('Parameters').optionalText(`projection.${partition.name}.range`), now),
  }
}

function columns(declared: Declared, property: string): LakeColumn[] {
  return declared
    .list(property)
    .filter(isObject)
    .map(({ Name: name, Type: type }) => ({ name: String(name), type: String(type) }))
}

/** https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html#partition-projection-date-type */
function projectedDays(range: string | undefined, now: Date): LakeTable['days'] {
  const [, before, after] = /^NOW-(\d+)DAYS,NOW\+(\d+)DAYS$/.exec(range ?? '') ?? []
  if (before === undefined) return undefined
  const day = (days: number) => dayOf(now.getTime() + days * dayMs)
  return { first: day(-Number(before)), last: day(Number(after)) }
}
