import type { CfnTable } from 'aws-cdk-lib/aws-glue'
import type { LogSchema, ValueType } from '../../schemas/definition.ts'
import { partitionKey, tableColumns } from '../../schemas/table-columns.ts'
import { type View, viewSql } from '../../schemas/views.ts'
import { asciiText } from '../../settings/ascii.ts'
import { columnProperty } from './glue-table.ts'

export interface ViewInputProps {
  readonly view: View
  /** Schema of the view's table. */
  readonly schema: LogSchema
  /** Database of table and view. */
  readonly database: string
}

/**
 * The Glue table of an Athena view. Athena keeps the query as base64-encoded JSON inside a comment, as Trino does:
 * https://github.com/trinodb/trino/blob/master/plugin/trino-hive/src/main/java/io/trino/plugin/hive/ViewReaderUtil.java
 *
 * @throws Error when the view names a column that its table does not have.
 */
export function viewInput({ view, schema, database }: ViewInputProps): CfnTable.TableInputProperty {
  const known = new Map([...tableColumns(schema), partitionKey].map((column) => [column.column, column]))
  const columns = view.columns.map((name) => {
    const column = known.get(name)
    if (column === undefined) throw new Error(`view ${view.name}: ${view.table} has no column ${name}`)
    return column
  })
  const definition = {
    originalSql: viewSql(view),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: columns.map(({ column, value }) => ({ name: column, type: prestoType(value) })),
    // Newer versions of Trino read no view without these two.
    runAsInvoker: false,
    path: [],
  }
  return {
    name: view.name,
    description: asciiText(view.description),
    tableType: 'VIRTUAL_VIEW',
    // CloudFormation requires the key of every table for Athena, if only as an empty list:
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-glue-table-tableinput.html
    partitionKeys: [],
    parameters: { presto_view: 'true', comment: 'Presto View' },
    viewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString('base64')} */`,
    viewExpandedText: '/* Presto View */',
    storageDescriptor: {
      columns: columns.map(columnProperty),
      // A view stores nothing, but Glue refuses a table without a format.
      serdeInfo: { name: '-', serializationLibrary: '-' },
    },
  }
}

/** Athena's SQL name of a type; `glueType` gives Glue's. */
function prestoType(value: ValueType): string {
  switch (value.type) {
    case 'object':
      return `row(${value.fields.map((field) => `"${field.column}" ${prestoType(field)}`).join(', ')})`
    case 'array':
      return `array(${prestoType(value.element)})`
    case 'string':
    case 'json':
      return 'varchar'
    case 'int':
      return 'integer'
    case 'float':
      return 'double'
    case 'timestamp':
      return 'timestamp(3)'
    case 'smallint':
    case 'bigint':
    case 'boolean':
      return value.type
  }
}
