import path from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { Lake, type QueryResult } from '../local/query/lake-query.ts'
import { csvLines, jsonLines, resultLines } from '../local/query/query-text.ts'
import { printLine, screenWidth } from '../local/screen/print.ts'
import { projectRoot } from '../local/template/assembly.ts'
import { athenaResult } from './athena/result.ts'
import { runCommand } from './command.ts'
import { namedOpsBucket } from './installation.ts'

const help = `Runs SQL over the lake of the local run, whether or not it is running, or over a stack on AWS through Athena.

  npm run query -- [options] "SQL"      SQL is read from stdin when it is not given

  --data FOLDER     folder of the local run (default: .audit-lake)
  --ops-bucket NAME the output OpsBucketName of a stack on AWS (default: AUDITLAKE_OPS_BUCKET in the environment);
                    credentials and region are those of the AWS CLI
  --json            prints one JSON object per row
  --csv             prints comma-separated values with a header; a text that begins like a formula gets an apostrophe
  --help            prints this

Tables and functions are named as in Athena: npm run query -- "show tables". One statement that reads at a time. A result
wider than the screen is shown with its columns one below the other, without those that are null. Ctrl-C cancels a query.
`

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({
    options: {
      data: { type: 'string' },
      'ops-bucket': { type: 'string' },
      json: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  if (values.json && values.csv) throw new Error('Write --json or --csv, not both.')
  const sql = positionals.length > 0 ? positionals.join(' ') : await sqlFromStdin()
  if (sql.trim() === '') throw new Error(`There is no SQL to run.\n\n${help}`)
  const isDeployed = namedOpsBucket(values, process.env) !== undefined
  const result = isDeployed ? await athenaResult(values, sql) : await localResult(values.data, sql)
  const people = () => resultLines(result, screenWidth())
  for (const line of values.json ? jsonLines(result) : values.csv ? csvLines(result) : people()) printLine(line)
  return 0
})

async function localResult(folder: string | undefined, sql: string): Promise<QueryResult> {
  const lake = await Lake.open(path.resolve(folder ?? path.join(projectRoot, '.audit-lake')))
  try {
    return await lake.query(sql)
  } finally {
    lake.close()
  }
}

async function sqlFromStdin(): Promise<string> {
  return process.stdin.isTTY ? '' : text(process.stdin)
}
