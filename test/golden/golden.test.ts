import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isObject, type JsonObject, parseJson } from '../../lambdas/core/json/json.ts'
import type { EventContext, Row } from '../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { renderEvent, sameEvent } from '../../lambdas/core/normalize/render.ts'
import { loadLogSchemaFiles } from '../../schemas/compiler/load.ts'
import type { LogSchema } from '../../schemas/definition.ts'
import { asRead, throughParquet } from '../support/parquet-file.ts'

/**
 * Events as providers send them, and the rows they must become: `<provider>/<stream>/<case>.in.json` beside
 * `<case>.row.json`. A new case is two files. `GOLDEN=write npx vitest run test/golden` writes the rows anew, for
 * somebody to review line by line.
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

function readCase(file: string): Case {
  const { event, context } = object(parseJson(readFileSync(join(root, file), 'utf8')))
  const { receivedAt, ...rest } = object(context)
  const name = basename(file).replace(/(\.in)?\.json$/, '')
  return {
    name,
    rowFile: join(import.meta.dirname, streamOf(file), `${name}.row.json`),
    event: object(event),
    context: { sourceId: '', sourceLabel: '', ...rest, receivedAt: Date.parse(String(receivedAt)) },
  }
}

const inputs = globSync(['test/golden/*/*/*.in.json', 'simulators/*/samples/*/*.json'], { cwd: root }).sort()
const folders = Map.groupBy(inputs, streamOf)
const schemas = new Map<string, LogSchema>(
  loadLogSchemaFiles().map(({ file, schema }) => [file.replace(/^.*schemas\//, '').replace(/\.yaml$/, ''), schema]),
)

test('every log type has its cases', () => {
  const providers = [...schemas.keys()].filter((name) => !name.startsWith('auditlake/'))
  expect([...folders.keys()].sort()).toEqual(providers.sort())
  for (const [folder, files] of folders) expect(files.length, folder).toBeGreaterThanOrEqual(10)
})

describe.each([...folders])('%s', (folder, files) => {
  const schema = schemas.get(folder)
  if (!schema) throw new TypeError(`no schema ${folder}`)
  const { normalize } = compileNormalizer(schema)
  const cases = files.map(readCase)

  test.each(cases)('$name', ({ event, context, rowFile }) => {
    const row = normalize(event, context)
    if (write) writeFileSync(rowFile, `${JSON.stringify(row, undefined, 2)}\n`)
    expect(object(row)).toEqual(parseJson(readFileSync(rowFile, 'utf8')))
    expect(sameEvent(schema, event, renderEvent(schema, row))).toBe(true)
  })

  test('all rows come back from a Parquet file', async () => {
    const rows: Row[] = cases.map(({ event, context }) => normalize(event, context))
    expect(await throughParquet(schema, rows)).toEqual(asRead(schema, rows))
  })
})
