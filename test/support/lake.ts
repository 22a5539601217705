import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { onTestFinished } from 'vitest'

/** Puts a synthesized stack where a local run keeps it in a data folder. */
export function writeAssembly(dataDir: string, template: unknown): void {
  const stack = { type: 'aws:cloudformation:stack', properties: { templateFile: 'S.template.json' } }
  const assets = { type: 'cdk:asset-manifest', properties: { file: 'S.assets.json' } }
  const files = {
    'manifest.json': { artifacts: { S: stack, 'S.assets': assets } },
    'S.assets.json': { files: {} },
    'S.template.json': template,
  }
  mkdirSync(path.join(dataDir, 'cdk.out'), { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(path.join(dataDir, 'cdk.out', name), JSON.stringify(content))
  }
}

/** A data folder with the template of one table, ready to be filled. */
export class HandMadeLake {
  readonly dataDir = mkdtempSync(path.join(tmpdir(), 'lake-'))

  /** @param view Properties of a view beside the table. */
  constructor(view?: object) {
    onTestFinished(() => rmSync(this.dataDir, { recursive: true }))
    const views = view && { View: { Type: 'AWS::Glue::Table', Properties: view } }
    writeAssembly(this.dataDir, { Resources: { ...template.Resources, ...views } })
  }

  /** Writes a Parquet file with the statement's result. */
  async parquet(key: string, select: string): Promise<void> {
    const file = path.join(this.dataDir, 's3', 'lakebucket', key)
    mkdirSync(path.dirname(file), { recursive: true })
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run("SET TimeZone = 'UTC'")
    await connection.run(`COPY (${select}) TO '${file}' (FORMAT parquet)`)
    connection.closeSync()
  }

  /** Makes the list of a partition. */
  list(day: string, ...keys: string[]): void {
    this.#put(
      `s3/lakebucket/tables/events/dt=${day}/symlink.txt`,
      keys.map((key) => `s3://lakebucket/${key}\n`).join(''),
    )
  }

  #put(name: string, content: string): void {
    const file = path.join(this.dataDir, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

const column = (Name: string, Type: string) => ({ Name, Type })

const template = {
  Resources: {
    LakeBucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { NotificationConfiguration: { 'Fn::GetAtt': ['Other', 'Arn'] } },
    },
    Database: { Type: 'AWS::Glue::Database', Properties: { DatabaseInput: { Name: 'audit' } } },
    Table: {
      Type: 'AWS::Glue::Table',
      Properties: {
        DatabaseName: { Ref: 'Database' },
        TableInput: {
          Name: 'events',
          PartitionKeys: [column('dt', 'string')],
          Parameters: { 'projection.dt.range': 'NOW-365DAYS,NOW+2DAYS' },
          StorageDescriptor: {
            Location: { 'Fn::Join': ['', ['s3://', { Ref: 'LakeBucket' }, '/tables/events/']] },
            Columns: [
              column('id', 'bigint'),
              column('happened', 'timestamp'),
              column('name', 'string'),
              column('score', 'double'),
              column('tags', 'array<string>'),
              column('actor', 'struct<id:bigint,team:struct<name:string>,@type:string>'),
            ],
          },
        },
      },
    },
  },
}
