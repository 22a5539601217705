import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { viewInput } from '../../../lib/lake/glue-view.ts'
import { loadTableSchemas } from '../../../schemas/compiler/load.ts'
import { classificationFailures } from '../../../schemas/generated/classification_failures.ts'
import { tableColumns } from '../../../schemas/table-columns.ts'
import { viewsOf } from '../../../schemas/views.ts'
import { everyType } from '../../support/every-type.ts'
import { LakeOfSchemas } from '../../support/lake-of-schemas.ts'
import { ofType, synthesize } from '../../support/synthesized.ts'

const { resources } = synthesize()

const columnsForm = z.object({ Name: z.string(), Type: z.string(), Comment: z.string() }).array()
const viewForm = z.object({
  DatabaseName: z.object({ Ref: z.string() }),
  TableInput: z.object({
    Name: z.string(),
    TableType: z.literal('VIRTUAL_VIEW'),
    Parameters: z.record(z.string(), z.string()),
    ViewOriginalText: z.string(),
    ViewExpandedText: z.string(),
    StorageDescriptor: z.object({ Columns: columnsForm, SerdeInfo: z.object({ Name: z.string() }) }),
  }),
})
const definitionForm = z.strictObject({
  originalSql: z.string(),
  catalog: z.string(),
  schema: z.string(),
  columns: z.strictObject({ name: z.string(), type: z.string() }).array(),
  runAsInvoker: z.literal(false),
  path: z.tuple([]),
})

function definitionOf(text: string) {
  const [, encoded = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(text) ?? []
  return definitionForm.parse(JSON.parse(Buffer.from(encoded, 'base64').toString()))
}

const made = ofType(resources, 'AWS::Glue::Table').flatMap(([, { Properties }]) => {
  const { success, data } = viewForm.safeParse(Properties)
  return success ? [data] : []
})

test('every view is in the template', () => {
  expect(made.map(({ TableInput }) => TableInput.Name)).toEqual(viewsOf(loadTableSchemas()).map(({ name }) => name))
})

describe.each(made)('$TableInput.Name', ({ DatabaseName, TableInput }) => {
  const definition = definitionOf(TableInput.ViewOriginalText)
  const { Columns } = TableInput.StorageDescriptor

  test('has the form that Athena requires of a view', () => {
    expect(TableInput.Parameters).toEqual({ presto_view: 'true', comment: 'Presto View' })
    expect(TableInput.ViewExpandedText).toBe('/* Presto View */')
  })

  test('names its tables in its own database', () => {
    const database = z
      .object({ DatabaseInput: z.object({ Name: z.string() }) })
      .parse(resources.get(DatabaseName.Ref)?.Properties).DatabaseInput.Name
    expect(definition).toMatchObject({ catalog: 'awsdatacatalog', schema: database })
  })

  test('has the same columns for Glue and for Athena, each with its types', () => {
    const athena: Record<string, string> = {
      ...{ string: 'varchar', timestamp: 'timestamp(3)', bigint: 'bigint', int: 'integer' },
    }
    expect(definition.columns).toEqual(Columns.map(({ Name, Type }) => ({ name: Name, type: athena[Type] })))
  })

  test('has the columns of its query', async () => {
    const duckDb: Record<string, string> = {
      ...{ string: 'VARCHAR', timestamp: 'TIMESTAMP', bigint: 'BIGINT', int: 'INTEGER' },
    }
    const given = await new LakeOfSchemas(loadTableSchemas()).rows(`DESCRIBE ${TableInput.Name}`)
    expect(given).toMatchObject(
      Columns.map(({ Name, Type }) => ({ column_name: Name, column_type: duckDb[Type] ?? `no type for ${Type}` })),
    )
  })
})

test("nested types are written in Athena's notation", () => {
  const nested = tableColumns(everyType).filter(({ column }) => ['inner', 'things', 'lists'].includes(column))
  const view = { name: 'v', description: 'd', timeColumn: 'p_event_time', columns: nested, sql: 'SELECT 1' }
  const { viewOriginalText = '' } = viewInput(view, 'd')
  const scalars =
    '"text" varchar, "small" smallint, "number" integer, "big" bigint, "real" double, "flag" boolean, "when" timestamp(3), "raw" varchar'
  expect(definitionOf(viewOriginalText).columns.map(({ type }) => type)).toEqual([
    `row(${scalars}, "deep" row(${scalars}))`,
    `array(row(${scalars}))`,
    'array(array(varchar))',
  ])
})

test('a view of a column that its table lacks is refused', () => {
  const { table } = classificationFailures
  expect(() => viewsOf([{ ...everyType, table }])).toThrow(
    'view open_failures: classification_failures has no column reason',
  )
})
