import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { dataPrefix, listKey } from '../../../lambdas/core/lake/partition.ts'
import { tableInput } from '../../../lib/lake/glue-table.ts'
import { loadTableSchemas } from '../../../schemas/compiler/load.ts'
import type { LogSchema } from '../../../schemas/definition.ts'
import { glueType } from '../../../schemas/glue-type.ts'
import { standardColumns } from '../../../schemas/standard-columns.ts'
import { sourceTypes, streamsOf } from '../../../settings/source-types.ts'
import { ofType, statements, synthesize, text, twoSources } from '../../support/synthesized.ts'

const schemas = loadTableSchemas()
const { resources } = synthesize()

const tableForm = z.object({
  DatabaseName: z.object({ Ref: z.string() }),
  TableInput: z.object({
    Name: z.string(),
    Parameters: z.record(z.string(), z.unknown()),
    PartitionKeys: z.unknown(),
    StorageDescriptor: z.object({
      Columns: z.object({ Name: z.string(), Type: z.string(), Comment: z.string() }).array(),
      InputFormat: z.string(),
      Location: z.unknown(),
      SerdeInfo: z.object({ SerializationLibrary: z.string() }),
    }),
  }),
})

const tables = new Map(
  ofType(resources, 'AWS::Glue::Table')
    .map(([, { Properties }]) => Properties)
    .filter(({ TableInput }) => Object(TableInput).TableType !== 'VIRTUAL_VIEW')
    .map((properties) => {
      const table = tableForm.parse(properties)
      return [table.TableInput.Name, table] as const
    }),
)

function tableOf({ table }: LogSchema) {
  const found = tables.get(table)
  if (found === undefined) throw new Error(`the template has no table ${table}`)
  return found
}

test('every schema has a table in the one database, and every table a schema', () => {
  expect([...tables.keys()].sort()).toEqual(schemas.map(({ table }) => table).sort())
  const [database, ...others] = ofType(resources, 'AWS::Glue::Database')
  expect(others).toEqual([])
  expect(database?.[1].Properties).toMatchObject({ DatabaseInput: { Name: 'auditlake' } })
  for (const { DatabaseName } of tables.values()) expect(DatabaseName.Ref).toBe(database?.[0])
})

test('every table and view names its partition keys, as CloudFormation requires, the views none', () => {
  const keys = ofType(resources, 'AWS::Glue::Table').map(([, { Properties }]) => {
    const { TableType, PartitionKeys } = z
      .object({ TableType: z.string(), PartitionKeys: z.object({ Name: z.string() }).array() })
      .parse(Properties.TableInput)
    return `${TableType} ${PartitionKeys.map(({ Name }) => Name).join()}`
  })
  expect(keys.length).toBeGreaterThan(schemas.length)
  expect(new Set(keys)).toEqual(new Set(['EXTERNAL_TABLE dt', 'VIRTUAL_VIEW ']))
})

test('every source type has a schema for its events', () => {
  const logTypes = [...sourceTypes.values()].flatMap((type) => streamsOf(type).map(({ logType }) => logType))
  expect(schemas.map(({ logType }) => logType)).toEqual(expect.arrayContaining(logTypes))
})

describe.each(schemas)('$table', (schema) => {
  const { Parameters, PartitionKeys, StorageDescriptor } = tableOf(schema).TableInput
  const lake = z.string().parse(ofType(resources, 'AWS::S3::Bucket').find(([id]) => id.startsWith('Lake'))?.[0])

  test('is read through its lists, as Parquet', () => {
    expect(StorageDescriptor.InputFormat).toBe('org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat')
    expect(StorageDescriptor.SerdeInfo.SerializationLibrary).toBe(
      'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
    )
    expect(text(StorageDescriptor.Location)).toBe(`s3://<${lake}>/tables/${schema.table}/`)
  })

  test('projects one partition for each day of the retention', () => {
    const { 'storage.location.template': template, ...others } = Parameters
    expect(others).toEqual({
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'projection.enabled': 'true',
      'projection.dt.type': 'date',
      'projection.dt.format': 'yyyy-MM-dd',
      'projection.dt.range': `NOW-${twoSources.retentionDays}DAYS,NOW+2DAYS`,
      'projection.dt.interval': '1',
      'projection.dt.interval.unit': 'DAYS',
    })
    expect(PartitionKeys).toMatchObject([{ Name: 'dt', Type: 'string' }])
    // The writer puts the list where Athena looks for it.
    expect(`${text(template)}symlink.txt`.replace(/\$\{dt\}/, '2026-01-31')).toBe(
      `s3://<${lake}>/${listKey({ table: schema.table, dt: '2026-01-31' })}`,
    )
  })

  test("has the standard columns, the transport's, then the schema's fields, in this order", () => {
    expect(StorageDescriptor.Columns.map(({ Name }) => Name)).toEqual([
      ...standardColumns.map(({ column }) => column),
      ...schema.attributes.map(({ column }) => column),
      ...schema.fields.map(({ column }) => column),
    ])
  })

  test('has columns that Glue accepts, none twice, each with a comment', () => {
    const names = StorageDescriptor.Columns.map(({ Name }) => Name)
    expect(new Set([...names, 'dt']).size).toBe(names.length + 1)
    for (const { Name, Comment } of StorageDescriptor.Columns) {
      expect(Name).toMatch(/^[a-z_][a-z0-9_]*$/)
      expect(Comment).toMatch(/^[^\r\n]{1,255}$/)
    }
  })
})

test('files and lists of the writer lie under the prefixes that its role allows', () => {
  const allowed = statements(resources)
    .filter(({ Effect, Action }) => Effect === 'Allow' && Action.includes('s3:PutObject'))
    .flatMap(({ Resource = [] }) =>
      Resource.map((resource) =>
        text(resource)
          .replace(/^<.*>\//, '')
          .replace('*', ''),
      ),
    )
  const partition = { table: 'any', dt: '2026-01-31' }
  for (const key of [dataPrefix(partition), listKey(partition)]) {
    expect(allowed.some((prefix) => key.startsWith(prefix))).toBe(true)
  }
})

test('objects and lists keep their structure at any depth', () => {
  const typeOf = (table: string, column: string) =>
    tables.get(table)?.TableInput.StorageDescriptor.Columns.find(({ Name }) => Name === column)?.Type
  expect(typeOf('hex_audit', 'event')).toBe(
    [
      'struct<id:string,actor:struct<id:string,type:string,metadata:struct<email:string,workspace:string,workspaceid:string,actororgrole:string>>',
      'action:string,context:struct<location:string,user_agent:string>',
      'targets:array<struct<id:string,type:string,metadata:struct<created:boolean,principal_type:string,representation:string>>>',
      'version:string,metadata:struct<result:string,requestargs:string,failurereason:string,hextraceid:string,source:string,isrefreshingkey:boolean,projectcreationmethod:string>',
      'occurred_at:timestamp>',
    ].join(','),
  )
  expect(typeOf('github_audit', 'actor_location')).toMatch(/^struct<.*,location:struct<lat:double,lon:double>>$/)
  expect(typeOf('github_audit', 'reasons')).toBe('array<struct<code:string,message:string>>')
  expect(typeOf('github_audit', 'events_were')).toBe('array<string>')
  expect(typeOf('slack_auditlogs', 'details')).toBe('string')
})

test("the template stays far below CloudFormation's limit", () => {
  expect(resources.size).toBeLessThan(200)
  expect(JSON.stringify([...resources]).length).toBeLessThan(300_000)
})

describe('types of columns', () => {
  test.each([
    [{ type: 'string' }, 'string'],
    [{ type: 'json' }, 'string'],
    [{ type: 'float' }, 'double'],
    [{ type: 'int' }, 'int'],
    [{ type: 'smallint' }, 'smallint'],
    [{ type: 'bigint' }, 'bigint'],
    [{ type: 'boolean' }, 'boolean'],
    [{ type: 'timestamp', formats: ['unix'] }, 'timestamp'],
    [{ type: 'array', element: { type: 'float' }, elementId: 1001 }, 'array<double>'],
    [
      {
        type: 'object',
        fields: [
          { name: 'Id', column: 'id', id: 1001, type: 'bigint' },
          { name: '@at', column: 'at_sign_at', id: 1002, type: 'timestamp' },
          {
            name: 'tags',
            column: 'tags',
            id: 1003,
            type: 'array',
            element: { type: 'object', fields: [{ name: 'k', column: 'k', id: 1005, type: 'json' }] },
            elementId: 1004,
          },
        ],
      },
      'struct<id:bigint,at_sign_at:timestamp,tags:array<struct<k:string>>>',
    ],
  ] as const)('%j is %s', (value, type) => {
    expect(glueType(value)).toBe(type)
  })
})

test("a long description is cut to Glue's limit", () => {
  const schema: LogSchema = {
    logType: 'Test.Long',
    table: 'test_long',
    version: 1,
    reference: 'https://example.com',
    eventTime: [],
    key: [],
    attributes: [],
    fields: [{ name: 'a', column: 'a', id: 1000, type: 'string', description: `two\nlines ${'x'.repeat(300)}` }],
  }
  const { storageDescriptor } = tableInput({ schema, bucketName: 'lake', retentionDays: 1 })
  const { columns } = z.object({ columns: z.object({ comment: z.string() }).array() }).parse(storageDescriptor)
  expect(columns.at(-1)?.comment).toMatch(/^two lines x{242}\.\.\.$/)
})
