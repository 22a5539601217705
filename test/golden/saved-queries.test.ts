import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { QueryResult } from '../../local/query/lake-query.ts'
import { resultLines } from '../../local/query/query-text.ts'
import { loadSavedQueries, renderSavedQuery, type SavedQuery } from '../../schemas/compiler/saved-queries.ts'
import { goldenLake, goldenRows } from '../support/golden-lake.ts'

/**
 * `docs/queries.md`: every saved query, with its answer over the rows of the simulators' samples.
 * `GOLDEN=write npx vitest run test/golden` writes the page anew.
 */
const write = process.env.GOLDEN === 'write' && process.env.CI === undefined
const root = join(import.meta.dirname, '../..')
const page = join(root, 'docs/queries.md')
const queries = loadSavedQueries()

/** Golden cases beside the samples that answer a question which no sample answers. */
const more = ['github/audit/stream-settings-changed', 'github/audit/leaked-secret-found']

const isSample = (stream: string, name: string) =>
  existsSync(join(root, 'simulators', stream.replace('/', '/samples/'), `${name}.json`))

const rowsOfPage = goldenRows().flatMap(({ stream, name, row }) =>
  isSample(stream, name) || more.includes(`${stream}/${name}`) ? [row] : [],
)

/** The rows are those of today in `dt`, but their times are those of the samples. */
const then = "TIMESTAMP '2026-01-16 00:00:00'"
const statementOf = (query: SavedQuery) => renderSavedQuery(query, query.example).replaceAll('localtimestamp', then)

const inEnglish = (text: string) => `${text}${text.endsWith('.') ? '' : '.'}`
const wrapped = (text: string) => text.match(/.{1,118}(?: |$)/g)?.map((line) => line.trimEnd()) ?? []
const shown = 3

function section(query: SavedQuery, { columns, rows }: QueryResult): string[] {
  const lines = [...resultLines({ columns, rows: rows.slice(0, shown) }, 110)]
  const last = rows.length > shown ? `(${rows.length} rows, of which ${shown} are shown)` : lines.at(-1)
  const set = Object.entries(query.example).map(
    ([name, value]) => ` --set ${/\s/.test(value) ? `"${name}=${value}"` : `${name}=${value}`}`,
  )
  return [
    `### ${query.question}`,
    '',
    ...wrapped(`\`${query.name}\`: ${query.reason}`),
    '',
    ...query.parameters.map(
      (one) =>
        `- \`${one.name}\`, \`${one.default === '' ? "''" : one.default}\` if not set: ${inEnglish(one.meaning)}`,
    ),
    '',
    '```sql',
    renderSavedQuery(query),
    '```',
    '',
    '```text',
    `$ npm run query -- --saved ${query.name}${set.join('')}`,
    ...lines.slice(0, -1),
    last ?? '',
    '```',
    '',
  ]
}

const isOverAll = ({ sql }: SavedQuery) => sql.includes('all_events')

const head = `<!-- Generated from schemas/queries/ by GOLDEN=write npx vitest run test/golden; do not edit. -->
# Questions

Twenty questions that analysts ask first. In Athena they are the saved queries of the workgroup, with the values that
stand here; on a terminal they run by name, over the local run and over a deployment:

\`\`\`sh
npm run query -- --saved                                            # lists them, with what can be set
npm run query -- --saved one-person --set who=ada@example.com       # the local run
npm run query -- --ops-bucket NAME --saved new-owners --set days=90 # a deployment
\`\`\`

A text that is set is quoted, so nothing in it becomes SQL. Every query bounds \`dt\`: a larger \`days\` reads, and costs,
more. A row can be there twice until its day is merged; counts leave such repetitions out, lists show them.

The answers below are those over sample events, as the command above each gives them, cut after three rows. Some questions
have none: nobody left, and nobody came from a new address, within the hour of the samples.
`

test('docs/queries.md has every saved query with its answer', async () => {
  const lake = goldenLake(rowsOfPage)
  const sections = async (some: readonly SavedQuery[]) => {
    const parts: string[] = []
    for (const query of some) parts.push(...section(query, await lake.query(statementOf(query))))
    return parts
  }
  const text = [
    head,
    '## Across all providers',
    '',
    ...(await sections(queries.filter(isOverAll))),
    '## Of one provider',
    '',
    ...(await sections(queries.filter((query) => !isOverAll(query)))),
  ]
  const content = `${text.join('\n').trimEnd()}\n`
  if (write) writeFileSync(page, content)
  expect(content).toBe(readFileSync(page, 'utf8'))
})
