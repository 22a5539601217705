import path from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { Lake } from '../local/query/lake-query.ts'
import { jsonLines, tableLines } from '../local/query/query-text.ts'
import { printLine } from '../local/screen/print.ts'
import { projectRoot } from '../local/template/assembly.ts'
import { runCommand } from './command.ts'

const help = `Runs SQL over the lake of the local run, whether or not it is running.

  npm run query -- [options] "SQL"      SQL is read from stdin when it is not given

  --data FOLDER     folder of the local run (default: .audit-lake)
  --json            prints one JSON object per row
  --help            prints this

Tables are named as in Athena: npm run query -- "show tables"
`

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({
    options: {
      data: { type: 'string', default: path.join(projectRoot, '.audit-lake') },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  const sql = positionals.length > 0 ? positionals.join(' ') : await sqlFromStdin()
  if (sql.trim() === '') throw new Error(`There is no SQL to run.\n\n${help}`)
  const lake = await Lake.open(path.resolve(values.data))
  const result = await lake.query(sql)
  for (const line of (values.json ? jsonLines : tableLines)(result)) printLine(line)
  lake.close()
  return 0
})

async function sqlFromStdin(): Promise<string> {
  return process.stdin.isTTY ? '' : text(process.stdin)
}
