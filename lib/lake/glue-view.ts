import type { CfnTable } from 'aws-cdk-lib/aws-glue'
import type { ValueType } from '../../schemas/definition.ts'
import type { View } from '../../schemas/views.ts'
import { asciiText } from '../../settings/ascii.ts'
import { columnProperty } from './glue-table.ts'

/**
 * The Glue table of an Athena view. Athena keeps the query as base64-encoded JSON inside a comment, as Trino does:
 * https://github.com/trinodb/trino/blob/master/plugin/trino-hive/src/main/java/io/trino/plugin/hive/ViewReaderUtil.java
 *
 * @param database of the view and its tables
 */
export function viewInput(view: View, database: string): CfnTable.TableInputProperty {
  const definition = {
    originalSql: view.sql,
    catalog: 'awsdatacatalog',
    schema: database,
    columns: view.columns.map(({ column, value }) => ({ name: column, type: prestoType(value) })),
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
      columns: view.columns.map(columnProperty),
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
