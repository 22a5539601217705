import type { CfnTable } from 'aws-cdk-lib/aws-glue'
import type { LogSchema } from '../../schemas/definition.ts'
import { glueType } from '../../schemas/glue-type.ts'
import { type NamedColumn, partitionKey, tableColumns } from '../../schemas/table-columns.ts'
import { asciiText } from '../../settings/ascii.ts'
import { lakePrefixes } from '../../settings/bucket-plan.ts'

/** Glue's limit for comments, in characters. */
const LONGEST_COMMENT = 255

export interface TableInputProps {
  readonly schema: LogSchema
  /** Name of the bucket that holds the table's lists and data. */
  readonly bucketName: string
  /** Retention in days: how far back queries look. */
  readonly retentionDays: number
}

/**
 * The Glue table of a log type. A partition holds a list of data files (`symlink.txt`), so a query sees each partition
 * as of one list; partitions are computed from the day instead of being registered, so no crawler runs.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html
 */
export function tableInput({ schema, bucketName, retentionDays }: TableInputProps): CfnTable.TableInputProperty {
  const location = `s3://${bucketName}/${lakePrefixes.lists}${schema.table}/`
  return {
    name: schema.table,
    description: clip(schema.description ?? `Events of type ${schema.logType}`, 2048),
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: [columnProperty(partitionKey)],
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'projection.enabled': 'true',
      'projection.dt.type': 'date',
      'projection.dt.format': 'yyyy-MM-dd',
      // The range ends after today, because providers' clocks may run ahead.
      'projection.dt.range': `NOW-${retentionDays}DAYS,NOW+2DAYS`,
      'projection.dt.interval': '1',
      'projection.dt.interval.unit': 'DAYS',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena fills in the day.
      'storage.location.template': `${location}${'dt=${dt}/'}`,
    },
    storageDescriptor: {
      location,
      columns: tableColumns(schema).map(columnProperty),
      inputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    },
  }
}

export function columnProperty({ column, value, description }: NamedColumn): CfnTable.ColumnProperty {
  return {
    name: column,
    type: glueType(value),
    ...(description !== undefined && { comment: clip(description, LONGEST_COMMENT) }),
  }
}

/** Shortens a text to one line of ASCII for Glue. */
function clip(text: string, longest: number): string {
  const line = asciiText(text)
  return line.length <= longest ? line : `${line.slice(0, longest - 3)}...`
}
