import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { Lake, type QueryResult } from '../local/query/lake-query.ts'
import { csvLines, jsonLines, resultLines } from '../local/query/query-text.ts'
import { printLine, screenWidth } from '../local/screen/print.ts'
import {
  assignments,
  findSavedQuery,
  loadSavedQueries,
  renderSavedQuery,
  type SavedQuery,
} from '../schemas/compiler/saved-queries.ts'
import { athenaResult } from './athena/result.ts'
import { runCommand } from './command.ts'
import { type InstallationChoice, installationOptions, localFolder, namedOpsBucket } from './installation.ts'
import { allDaysWarning, readsAllDays } from './unbounded-days.ts'

const help = `Runs SQL over the lake of the local run, whether or not it is running, or over a stack on AWS through Athena.

  npm run query -- [options] "SQL"                          SQL is read from stdin when it is not given
  npm run query -- [options] --saved NAME [--set KEY=VALUE] a question of docs/queries.md; --saved alone lists them

  --data FOLDER     folder of the local run (default: .audit-lake)
  --ops-bucket NAME the output OpsBucketName of a stack on AWS (default: AUDITLAKE_OPS_BUCKET in the environment);
                    credentials and region are those of the AWS CLI
  --saved           runs the saved query of this name, or lists names, questions and values that can be set
  --set KEY=VALUE   a value of the saved query, such as who=ada@example.com or days=30; once for each
  --json            prints one JSON object per row
  --csv             prints comma-separated values with a header; a text that begins like a formula gets an apostrophe
  --help            prints this

Tables and functions are named as in Athena: npm run query -- "show tables". One statement that reads at a time. A result
wider than the screen is shown with its columns one below the other, without those that are null. Ctrl-C cancels a query.
`

await runCommand(help, async () => {
  const { values, positionals } = parseArgs({
    options: {
      ...installationOptions,
      json: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
      saved: { type: 'boolean', default: false },
      set: { type: 'string', multiple: true, default: [] },
    },
    allowPositionals: true,
  })
  if (values.json && values.csv) throw new Error('Write --json or --csv, not both.')
  if (values.set.length > 0 && !values.saved) throw new Error('--set belongs to --saved NAME.')
  const result =
    values.saved && positionals.length === 0
      ? savedQueries()
      : await resultOf(values, await statement(values, positionals))
  const people = () => resultLines(result, screenWidth())
  for (const line of values.json ? jsonLines(result) : values.csv ? csvLines(result) : people()) printLine(line)
  return 0
})

/** The statement that the command line names, or stdin holds. */
async function statement(
  { saved, set }: { readonly saved: boolean; readonly set: string[] },
  words: readonly string[],
): Promise<string> {
  if (saved) return renderSavedQuery(findSavedQuery(loadSavedQueries(), words.join(' ')), assignments(set))
  const sql = words.length > 0 ? words.join(' ') : await sqlFromStdin()
  if (sql.trim() === '') throw new Error(`There is no SQL to run.\n\n${help}`)
  return sql
}

async function resultOf(choice: InstallationChoice, sql: string): Promise<QueryResult> {
  if (readsAllDays(sql)) printLine(allDaysWarning, process.stderr)
  const isDeployed = namedOpsBucket(choice, process.env) !== undefined
  return isDeployed ? await athenaResult(choice, sql) : await localResult(choice, sql)
}

function savedQueries(): QueryResult {
  const settable = ({ parameters }: SavedQuery) => parameters.map((one) => `${one.name}=${one.default}`).join(' ')
  return {
    columns: ['name', 'question', 'set'],
    rows: loadSavedQueries().map((query) => [query.name, query.question, settable(query)]),
  }
}

async function localResult(choice: InstallationChoice, sql: string): Promise<QueryResult> {
  const lake = await Lake.open(localFolder(choice))
  try {
    return await lake.query(sql)
  } finally {
    lake.close()
  }
}

async function sqlFromStdin(): Promise<string> {
  return process.stdin.isTTY ? '' : text(process.stdin)
}
