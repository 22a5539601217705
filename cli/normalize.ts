import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { RecordError } from '../lambdas/core/errors.ts'
import { compileParquet } from '../lambdas/core/lake/parquet.ts'
import { type Line, LineSplitter } from '../lambdas/core/lines.ts'
import { parseLine } from '../lambdas/core/normalize/event.ts'
import {
  compileNormalizer,
  type EventContext,
  type Normalizer,
  type Row,
} from '../lambdas/core/normalize/normalizer.ts'
import { renderEvent, sameEvent } from '../lambdas/core/normalize/render.ts'
import type { LogSchema } from '../schemas/definition.ts'
import { logSchemas } from '../schemas/generated/index.ts'
import { fail, runCommand } from './command.ts'

const help = `npm run -s normalize -- --log-type TYPE [options] < events.ndjson > rows.ndjson

Turns events, one JSON object a line, into the rows that the pipeline would store, in input order.
A line that is no event is reported on standard error with its number and the reason; the others are not affected.

  --log-type TYPE     ${logSchemas.map(({ logType }) => logType).join(', ')}
  --parquet FILE      write the rows to a Parquet file instead of standard output
  --source-id ID      p_source_id of the rows (default: normalize)
  --received-at TIME  p_parse_time of the rows, ISO 8601 (default: now)
  --prove             render every row back and compare it with its event; a difference is reported like a broken line
  --strict            exit with 1 if any line was reported
  --help              this text
`

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      'log-type': { type: 'string' },
      parquet: { type: 'string' },
      'source-id': { type: 'string', default: 'normalize' },
      'received-at': { type: 'string' },
      prove: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
    },
  })
  const schema = schemaOf(values['log-type'])
  const receivedAt = values['received-at'] === undefined ? Date.now() : Date.parse(values['received-at'])
  if (Number.isNaN(receivedAt)) fail(`--received-at ${values['received-at']}: not a time; write 2026-01-31T12:00:00Z`)
  const context = { sourceId: values['source-id'], sourceLabel: values['source-id'], receivedAt }
  const rows: Row[] = []
  const emit = values.parquet === undefined ? printRow : async (row: Row) => void rows.push(row)
  const reported = await normalizeAll(compileNormalizer(schema), context, values.prove, emit)
  if (values.parquet !== undefined) await writeFile(values.parquet, compileParquet(schema)(rows))
  return values.strict && reported > 0 ? 1 : 0
})

function schemaOf(logType: string | undefined): LogSchema {
  const schema = logSchemas.find((candidate) => candidate.logType === logType)
  if (schema) return schema
  const known = logSchemas.map((candidate) => candidate.logType).join(', ')
  fail(
    logType === undefined
      ? `--log-type is missing; one of: ${known}`
      : `--log-type ${logType}: unknown; one of: ${known}`,
  )
}

async function normalizeAll(
  normalizer: Normalizer,
  context: EventContext,
  prove: boolean,
  emit: (row: Row) => Promise<void>,
): Promise<number> {
  let reported = 0
  const take = async (line: Line) => {
    try {
      await emit(rowOf(normalizer, context, prove, line))
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      reported++
      process.stderr.write(`line ${line.number}: ${error.code}: ${error.message}\n`)
    }
  }
  const splitter = new LineSplitter()
  for await (const chunk of process.stdin) for (const line of splitter.push(chunk)) await take(line)
  for (const line of splitter.end()) await take(line)
  return reported
}

function rowOf(normalizer: Normalizer, context: EventContext, prove: boolean, line: Line): Row {
  const event = parseLine(line)
  const row = normalizer.normalize(event, { ...context, body: line.bytes })
  if (prove && !sameEvent(normalizer.schema, event, renderEvent(normalizer.schema, row))) {
    throw new RecordError('bad_message', 'the row does not give the event back; please report this event')
  }
  return row
}

/** Waits for a slow reader, so that rows do not pile up in memory. */
async function printRow(row: Row): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(row)}\n`)) await once(process.stdout, 'drain')
}
