import path from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { Lake } from '../local/query/lake-query.ts'
import { csvLines, jsonLines, resultLines } from '../local/query/query-text.ts'
import { printLine } from '../local/screen/print.ts'
import { projectRoot } from '../local/template/assembly.ts'
import { runCommand } from './command.ts'

const help = `Runs SQL over the lake of the local run, whether or not it is running.

  npm run query -- [options] "SQL"      SQL is read from stdin when it is not given

  --data FOLDER     folder of the local run (default: .audit-lake)
  --json            prints one JSON object per row
  --csv             prints comma-separated values with a header; a text that begins like a formula gets an apostrophe
  --help            prints this

Tables and functions are named as in Athena: npm run query -- "show tables"
One statement that reads at a time. A result wider than the screen is shown with its columns one below the other, without
those that are null.
`

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({
    options: {
      data: { type: 'string', default: path.join(projectRoot, '.audit-lake') },
      json: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  const sql = positionals.length > 0 ? positionals.join(' ') : await sqlFromStdin()
  if (sql.trim() === '') throw new Error(`There is no SQL to run.\n\n${help}`)
  if (values.json && values.csv) throw new Error('Write --json or --csv, not both.')
  const lake = await Lake.open(path.resolve(values.data))
  const result = await lake.query(sql)
  const people = () => resultLines(result, process.stdout.columns)
  for (const line of values.json ? jsonLines(result) : values.csv ? csvLines(result) : people()) printLine(line)
  lake.close()
  return 0
})

async function sqlFromStdin(): Promise<string> {
  return process.stdin.isTTY ? '' : text(process.stdin)
}
