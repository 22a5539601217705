import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type Json, parseJson } from '../../lambdas/core/json/json.ts'
import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { tableSchemas } from '../../schemas/generated/index.ts'
import { LakeOfSchemas } from './lake-of-schemas.ts'

const golden = join(import.meta.dirname, '..', 'golden')

const isRow = (value: Json): value is Row => isObject(value)

/** A lake with every table, holding the golden rows of today. */
export function goldenLake(): LakeOfSchemas {
  const lake = new LakeOfSchemas(tableSchemas)
  for (const schema of tableSchemas) {
    const rows = globSync('*/*/*.row.json', { cwd: golden })
      // The numbers keep their digits.
      .map((file) => parseJson(readFileSync(join(golden, file), 'utf8')))
      .filter(isRow)
      .filter((row) => row.p_log_type === schema.logType)
    if (rows.length > 0) lake.add(schema.table, 'golden.parquet', parquetOf(schema, rows))
  }
  return lake
}
