import { once } from 'node:events'
import { type FileHandle, open } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { RecordError, type RecordErrorCode } from '../lambdas/core/errors.ts'
import type { JsonObject } from '../lambdas/core/json/json.ts'
import { type Line, LineSplitter } from '../lambdas/core/json/lines.ts'
import { compileParquet } from '../lambdas/core/lake/parquet.ts'
import type { EventContext, Row } from '../lambdas/core/normalize/event.ts'
import { parseLine } from '../lambdas/core/normalize/event.ts'
import { compileNormalizer, type Normalizer } from '../lambdas/core/normalize/normalizer.ts'
import { renderEvent, sameEvent } from '../lambdas/core/normalize/render.ts'
import { tableLines } from '../local/query/query-text.ts'
import { printJson, printLine } from '../local/screen/print.ts'
import { redrawing } from '../local/screen/redraw.ts'
import type { LogSchema } from '../schemas/definition.ts'
import { logSchemas } from '../schemas/generated/index.ts'
import { runCommand } from './command.ts'
import { UnmappedMembers } from './normalize/unmapped-members.ts'

const logTypes = logSchemas.map(({ logType }) => logType).join(', ')

const help = `npm run -s normalize -- --log-type TYPE [options] < events.ndjson > rows.ndjson

Turns events, one JSON object a line, into the rows that the pipeline would store, in input order. An invalid line is
reported on standard error with its number, the reason and a remedy; the other lines are not affected.

  --log-type TYPE     ${logTypes.replace(/(.{60,}?,) /, '$1\n                      ')}
  --parquet FILE      write the rows to a Parquet file instead of standard output, sorted by event time;
                      holds all rows in memory until the input ends
  --source-id ID      p_source_id and p_source_label of the rows (default: normalize)
  --received-at TIME  p_parse_time of the rows, ISO 8601 (default: now)
  --prove             render every row back and compare it with its event; a difference is reported like an invalid line
  --report            instead of rows, list the members that no column holds exactly, by number of events: what the
                      provider has added since the schema was written, and what has another form than its column; names and
                      types only, never values
  --json              with --report: one line of JSON for each member
  --strict            exit with 1 if any line was reported
  --help              this text
`

/** Remedies for invalid lines. */
const remedies: Partial<Record<RecordErrorCode, string>> = {
  not_json: 'write one complete JSON object on each line',
  not_object: 'write one JSON object on each line, not a list of them',
  invalid_utf8: 'save the file in UTF-8',
  too_deep: 'no column can hold it; the pipeline keeps such an event as a failure',
  too_large: 'the pipeline keeps such an event as a failure; is a line break missing?',
}

await runCommand(help, async () => {
  const { values } = parseArgs({
    options: {
      'log-type': { type: 'string' },
      parquet: { type: 'string' },
      'source-id': { type: 'string', default: 'normalize' },
      'received-at': { type: 'string' },
      prove: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
    },
  })
  if (values.report && values.parquet !== undefined)
    throw new Error('--report lists members and --parquet writes rows; choose one.')
  if (values.json && !values.report) throw new Error('--json belongs to --report; rows are JSON anyway.')
  const schema = schemaOf(values['log-type'])
  const context = contextOf(values['source-id'], values['received-at'])
  if (process.stdin.isTTY) throw new Error('There are no events: give them on standard input, as in "< events.ndjson".')
  const file = compileParquet(schema).newFile()
  const output = values.parquet === undefined ? undefined : await openOutput(values.parquet)
  const normalizer = compileNormalizer(schema)
  const unmapped = new UnmappedMembers(schema)
  const take: Take = values.report
    ? (event, about) => unmapped.add(normalizer.normalize(event, about).p_unmapped)
    : output
      ? (event, about) => {
          normalizer.normalizeInto(file, event, about)
          file.endRow()
        }
      : (event, about) => printRow(normalizer.normalize(event, about))
  const reported = await normalizeAll(values.prove ? proving(normalizer, take) : take, context)
  if (values.report) printMembers(unmapped, values.json)
  await output?.writeFile(file.encode())
  await output?.close()
  return values.strict && reported > 0 ? 1 : 0
})

function schemaOf(logType: string | undefined): LogSchema {
  const schema = logSchemas.find((candidate) => candidate.logType === logType)
  if (schema) return schema
  throw new Error(
    logType === undefined
      ? `--log-type is missing; it is one of ${logTypes}.`
      : `--log-type ${logType} is unknown; it is one of ${logTypes}.`,
  )
}

/** Opens the output before the input is read, so that an error shows at once. */
async function openOutput(path: string): Promise<FileHandle> {
  return open(path, 'w').catch((error: Error) => {
    throw new Error(`--parquet ${path} cannot be written: ${error.message}`)
  })
}

function contextOf(sourceId: string, receivedAt: string | undefined): EventContext {
  const time = receivedAt === undefined ? Date.now() : Date.parse(receivedAt)
  if (Number.isNaN(time)) throw new Error(`--received-at ${receivedAt} is not a time; write 2026-01-31T12:00:00Z.`)
  return { sourceId, sourceLabel: sourceId, receivedAt: time }
}

/** Takes one event with its context. */
type Take = (event: JsonObject, context: EventContext) => Promise<void> | void

/** @returns the number of reported lines */
async function normalizeAll(take: Take, context: EventContext): Promise<number> {
  const redraw = redrawing(process.stderr, process.env)
  let lines = 0
  let reported = 0
  const takeLine = async (line: Line) => {
    lines++
    try {
      await take(parseLine(line), context)
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      reported++
      if (redraw) redraw.persist(report(line, error))
      else printLine(report(line, error), process.stderr)
    }
  }
  const showProgress = () => redraw?.show([`${lines.toLocaleString('en')} lines, ${reported} reported`])
  const splitter = new LineSplitter()
  for await (const chunk of process.stdin) {
    for (const line of splitter.push(chunk)) await takeLine(line)
    showProgress()
  }
  for (const line of splitter.end()) await takeLine(line)
  showProgress()
  redraw?.done()
  return reported
}

function report(line: Line, { code, message }: RecordError): string {
  const remedy = remedies[code]
  return `line ${line.number}: ${message}${remedy === undefined ? '' : `; ${remedy}`} (${code})`
}

/** Renders each row back and compares it with its event before taking the event. */
function proving({ schema, normalize }: Normalizer, take: Take): Take {
  return (event, context) => {
    if (sameEvent(schema, event, renderEvent(schema, normalize(event, context)))) return take(event, context)
    throw new RecordError('bad_message', 'the row does not render back to the event; please report this event')
  }
}

function printMembers({ all, events }: UnmappedMembers, asJson: boolean): void {
  if (asJson) {
    for (const member of all) printJson(member)
    return
  }
  const [some, every] = [events.withUnmapped, events.all].map((count) => count.toLocaleString('en'))
  printLine(`${some} of ${every} events have members that no column holds exactly.`)
  if (all.length === 0) return
  const rows = all.map(({ member, events: count, type, column }) => [count, member, type, column ?? 'none'])
  for (const line of tableLines({ columns: ['events', 'member', 'type', 'column'], rows })) printLine(line)
}

/** Waits for a slow reader, so that rows do not pile up in memory. */
async function printRow(row: Row): Promise<void> {
  if (!printJson(row)) await once(process.stdout, 'drain')
}
