import { expect, test } from 'vitest'
import { parquetOf } from '../../../lambdas/core/lake/parquet.ts'
import { parseEvent } from '../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../lambdas/core/normalize/normalizer.ts'
import { githubWebhook } from '../../../schemas/generated/github_webhook.ts'
import { LakeOfSchemas } from '../../support/lake-of-schemas.ts'

const { normalize } = compileNormalizer(githubWebhook)
const context = { sourceId: 's', sourceLabel: 'S', receivedAt: Date.now() }

/** What a sender can put into a json column besides objects; `action` names the row. */
const events = {
  object: '"issue":{"title":"an issue","labels":[{"name":"bug"}]}',
  'plain string': '"issue":"acme/site"',
  'empty string': '"issue":""',
  'string that reads as JSON': String.raw`"issue":"{\"title\":\"quoted\"}"`,
  'string that nearly reads as JSON': String.raw`"issue":"{\"title\":\"cut"`,
  list: '"issue":["a"]',
  number: '"issue":5',
  'lone surrogate': String.raw`"issue":{"title":"cut \ud83d"},"new":"\ud83d","comment":"cut \udc00"`,
  'lone surrogate in a name': String.raw`"issue":{"\ud83d":1,"title":"named"},"\udc00":{"title":2}`,
  'NUL character': String.raw`"issue":{"title":"a\u0000b"}`,
  'endless number': `"issue":{"title":${'9'.repeat(100_000)}},"new":${'7'.repeat(100_000)}`,
  'endless exponent': '"issue":{"title":1e999999999},"new":-1e400',
  'string of 9 MB': `"issue":"${'x'.repeat(9_000_000)}","new":"${'y'.repeat(9_000_000)}"`,
}

function lakeOfEvents(): LakeOfSchemas {
  const rows = Object.entries(events).map(([action, members]) =>
    normalize(parseEvent(Buffer.from(`{"action":"${action}",${members}}`)), context),
  )
  const lake = new LakeOfSchemas([githubWebhook])
  lake.add('github_webhook', 'rows.parquet', parquetOf(githubWebhook, rows))
  return lake
}

/** Conditions that queries put on json columns, and the rows that meet them. */
const conditions: Readonly<Record<string, string>> = {
  "issue = 'acme/site'": 'plain string',
  "issue ->> 'title' = 'an issue'": 'object',
  "json_extract_scalar(issue, '$.title') = 'named'": 'lone surrogate in a name',
  "json_extract(issue, '$.labels[0].name') = '\"bug\"'": 'object',
  "json_extract_scalar(issue, '$.title') = '1e999999999'": 'endless exponent',
  "json_extract_scalar(issue, '$.title') LIKE '%\ufffd'": 'lone surrogate',
  "comment = 'cut \ufffd'": 'lone surrogate',
  "length(json_extract_scalar(issue, '$.title')) = 100000": 'endless number',
  'length(issue) = 9000000': 'string of 9 MB',
}

test('no row breaks a query over others, whatever it holds', async () => {
  const found = Object.keys(conditions).map((condition) => `list(action) FILTER (${condition})`)
  const { rows } = await lakeOfEvents().query(`SELECT ${found.join(', ')} FROM github_webhook`)
  expect(rows[0]).toEqual(Object.values(conditions).map((action) => [action]))
})

test('p_unmapped is JSON for the engine itself, and holds what the columns do not', async () => {
  const lake = lakeOfEvents()
  const rows = await lake.rows(`
    SELECT action, system.main.json_valid(p_unmapped) AS valid,
      array_to_string(system.main.json_keys(p_unmapped), ' ') AS members
    FROM github_webhook WHERE p_unmapped IS NOT NULL ORDER BY action`)
  expect(rows).toEqual(
    [
      ['endless exponent', 'new'],
      ['endless number', 'new'],
      ['lone surrogate', 'issue new comment'],
      ['lone surrogate in a name', 'p_json'],
      ['string of 9 MB', 'new'],
      ['string that reads as JSON', 'issue'],
    ].map(([action, members]) => ({ action, valid: true, members })),
  )
})
