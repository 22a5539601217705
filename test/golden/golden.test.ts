import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isObject, type JsonObject, parseJson } from '../../lambdas/core/json/json.ts'
import type { EventContext, Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { renderEvent, sameEvent } from '../../lambdas/core/normalize/render.ts'
import { loadLogSchemaFiles } from '../../schemas/compiler/load.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { allEventsText } from '../support/all-events-text.ts'
import { asRead, throughParquet } from '../support/parquet-file.ts'

/**
 * The expected rows of events, in `<provider>/<stream>/<case>.row.json`. Ordinary events are the samples that
 * simulators send too, `simulators/<provider>/samples/<stream>/<case>.json`; edges are beside their row, as
 * `<case>.in.json` with what only the transport said. `GOLDEN=write npx vitest run test/golden` writes the rows anew,
 * to be reviewed line by line. `all-events/<provider>-<stream>.txt` has what the view all_events makes of them.
 */
const write = process.env.GOLDEN === 'write' && process.env.CI === undefined
const root = join(import.meta.dirname, '../..')

/** Provider and stream of an input, such as `hex/audit`. */
const streamOf = (file: string): string =>
  dirname(file)
    .split('/')
    .filter((part) => part !== 'samples')
    .slice(-2)
    .join('/')

interface Case {
  readonly name: string
  readonly rowFile: string
  readonly event: JsonObject
  readonly context: EventContext
}

const object = (value: unknown): JsonObject => {
  const json = parseJson(JSON.stringify(value))
  if (!isObject(json)) throw new TypeError('expected an object')
  return json
}

/** An edge comes with its context; a sample is only the event. */
function readCase(file: string): Case {
  const isSample = file.startsWith('simulators/')
  const content = object(parseJson(readFileSync(join(root, file), 'utf8')))
  const stream = streamOf(file)
  const sample = { sourceId: stream.replace('/', '-'), sourceLabel: 'Sample', receivedAt: '2026-01-15T10:45:00.000Z' }
  const { receivedAt, ...rest } = isSample ? sample : object(content.context)
  const name = basename(file).replace(/(\.in)?\.json$/, '')
  return {
    name,
    rowFile: join(import.meta.dirname, stream, `${name}.row.json`),
    event: isSample ? content : object(content.event),
    context: { sourceId: '', sourceLabel: '', ...rest, receivedAt: Date.parse(String(receivedAt)) },
  }
}

const inputs = globSync(['test/golden/*/*/*.in.json', 'simulators/*/samples/*/*.json'], { cwd: root }).sort()
const folders = Map.groupBy(inputs, streamOf)
const schemas = new Map<string, LogSchema>(
  loadLogSchemaFiles().map(({ file, schema }) => [file.replace(/^.*schemas\//, '').replace(/\.yaml$/, ''), schema]),
)

describe.each([...folders])('%s', (folder, files) => {
  const schema = schemas.get(folder)
  if (!schema) throw new TypeError(`no schema ${folder}`)
  const { normalize } = compileNormalizer(schema)
  const cases = files.map(readCase)

  test.each(cases)('$name', ({ event, context, rowFile }) => {
    const row = normalize(event, context)
    if (write) {
      mkdirSync(dirname(rowFile), { recursive: true })
      writeFileSync(rowFile, `${JSON.stringify(row, undefined, 2)}\n`)
    }
    expect(object(row)).toEqual(parseJson(readFileSync(rowFile, 'utf8')))
    expect(sameEvent(schema, event, renderEvent(schema, row))).toBe(true)
  })

  test('each row has its class, activity and columns in all_events', async () => {
    const text = await allEventsText(
      schema,
      cases
        .map(({ name, event, context }) => ({ name, row: normalize(event, context) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    )
    const file = join(import.meta.dirname, 'all-events', `${folder.replace('/', '-')}.txt`)
    if (write) writeFileSync(file, text)
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  test('all rows come back from a Parquet file', async () => {
    const rows: Row[] = cases.map(({ event, context }) => normalize(event, context))
    expect(await throughParquet(schema, rows)).toEqual(asRead(schema, rows))
  })
})

/** The least number of cases, because a released table must hold whatever the provider sends. */
const leastCases = ({ table }: LogSchema): number =>
  existsSync(join(root, `test/schemas/released/${table}.json`)) ? 10 : 1

test('every log type has its cases, and every row its event', () => {
  const providers = [...schemas.keys()].filter((name) => !name.startsWith('auditlake/'))
  expect([...folders.keys()].sort()).toEqual(providers.sort())
  for (const [folder, files] of folders) {
    const least = schemas.get(folder)
    expect(files.length, folder).toBeGreaterThanOrEqual(least ? leastCases(least) : 1)
  }
  const rows = globSync('test/golden/*/*/*.row.json', { cwd: root }).map((file) => join(root, file))
  expect(rows.sort()).toEqual(inputs.map((file) => readCase(file).rowFile).sort())
})
