import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { onTestFinished } from 'vitest'
import { dataPrefix, listKey } from '../../lambdas/core/lake/partition.ts'
import { Lake as LakeConstruct } from '../../lib/lake/index.ts'
import { OpsBucket } from '../../lib/ops/ops-bucket.ts'
import { objectPath } from '../../local/aws/s3/object-path.ts'
import { Lake, type QueryResult } from '../../local/query/lake-query.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { writeAssembly } from './lake.ts'
import { appWithoutBundles } from './synthesized.ts'

/** A lake in the form of the local run, with the stack's tables and views for these schemas. */
export class LakeOfSchemas {
  readonly dataDir = mkdtempSync(path.join(tmpdir(), 'lake-of-schemas-'))
  readonly bucket: string

  constructor(schemas: readonly LogSchema[]) {
    onTestFinished(() => rmSync(this.dataDir, { recursive: true }))
    const { template, bucket } = synthesized.get(schemas) ?? synthesize(schemas)
    this.bucket = bucket
    writeAssembly(this.dataDir, template)
  }

  /** Adds a Parquet file to the partition of a day, counted back from today. */
  add(table: string, name: string, content: Uint8Array, daysAgo = 0): void {
    const dt = new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
    const key = `${dataPrefix({ table, dt })}${name}`
    writeFileSync(this.#file(key), content)
    appendFileSync(this.#file(listKey({ table, dt })), `s3://${this.bucket}/${key}\n`)
  }

  async query(sql: string): Promise<QueryResult> {
    const lake = await Lake.open(this.dataDir)
    try {
      return await lake.query(sql)
    } finally {
      lake.close()
    }
  }

  /** Rows as objects with every column. */
  async rows(sql: string): Promise<Record<string, unknown>[]> {
    const { columns, rows } = await this.query(sql)
    return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
  }

  #file(key: string): string {
    const file = objectPath(path.join(this.dataDir, 's3'), this.bucket, key)
    mkdirSync(path.dirname(file), { recursive: true })
    return file
  }
}

/** The templates so far, because each takes a second. */
const synthesized = new WeakMap<readonly LogSchema[], ReturnType<typeof synthesize>>()

function synthesize(schemas: readonly LogSchema[]): { readonly template: unknown; readonly bucket: string } {
  const stack = new Stack(appWithoutBundles(), 'S')
  const opsBucket = new OpsBucket(stack, 'OpsBucket')
  const { bucket } = new LakeConstruct(stack, 'Lake', { schemas, retentionDays: 365, queryLimitGB: 0, opsBucket })
  const name = String(Object(stack.resolve(bucket.bucketName)).Ref).toLowerCase()
  const made = { template: Template.fromStack(stack).toJSON(), bucket: name }
  synthesized.set(schemas, made)
  return made
}
