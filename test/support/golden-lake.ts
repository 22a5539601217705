import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isObject, type Json, parseJson } from '../../lambdas/core/json/json.ts'
import { parquetOf } from '../../lambdas/core/lake/parquet.ts'
import type { Row } from '../../lambdas/core/normalize/event.ts'
import { loadTableSchemas } from '../../schemas/compiler/load.ts'
import { LakeOfSchemas } from './lake-of-schemas.ts'

const golden = join(import.meta.dirname, '..', 'golden')

const isRow = (value: Json): value is Row => isObject(value)

export interface GoldenRow {
  /** Provider and stream, such as `hex/audit`. */
  readonly stream: string
  /** The case, such as `login-denied`. */
  readonly name: string
  readonly row: Row
}

/** Every golden row, in the order of streams and cases. */
export function goldenRows(): GoldenRow[] {
  return globSync('*/*/*.row.json', { cwd: golden })
    .sort()
    .flatMap((file) => {
      // The numbers keep their digits.
      const row = parseJson(readFileSync(join(golden, file), 'utf8'))
      return isRow(row) ? [{ stream: dirname(file), name: basename(file, '.row.json'), row }] : []
    })
}

let schemas: ReturnType<typeof loadTableSchemas> | undefined

/** A lake with every table, holding rows, golden ones by default, as those of today. */
export function goldenLake(rows: readonly Row[] = goldenRows().map(({ row }) => row)): LakeOfSchemas {
  schemas ??= loadTableSchemas()
  const lake = new LakeOfSchemas(schemas)
  for (const schema of schemas) {
    const own = rows.filter((row) => row.p_log_type === schema.logType)
    if (own.length > 0) lake.add(schema.table, 'golden.parquet', parquetOf(schema, own))
  }
  return lake
}
