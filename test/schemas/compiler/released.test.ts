import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parquetOf } from '../../../lambdas/core/lake/parquet.ts'
import { parseEvent } from '../../../lambdas/core/normalize/event.ts'
import { compileNormalizer } from '../../../lambdas/core/normalize/normalizer.ts'
import { type FieldIds, fieldIdsOf } from '../../../schemas/compiler/field-ids.ts'
import {
  type LogSchemaFile,
  loadLogSchemaFiles,
  loadTableSchemas,
  parseLogSchema,
} from '../../../schemas/compiler/load.ts'
import {
  type ReleasedTable,
  readReleased,
  releasedFolder,
  releasedForm,
  releaseProblems,
} from '../../../schemas/compiler/released-tables.ts'
import type { LogSchema } from '../../../schemas/definition.ts'
import { readParquet } from '../../support/duckdb.ts'
import { LakeOfSchemas } from '../../support/lake-of-schemas.ts'

const root = join(import.meta.dirname, '../../..')

test('the tables have only grown since their release', () => {
  const released = readReleased(root)
  expect(released.size).toBeGreaterThan(0)
  expect(releaseProblems(loadLogSchemaFiles(), released)).toEqual([])
})

const first = `logType: Acme.Audit
version: 1
description: What Acme tells.
reference: https://example.com/docs
eventTime: []
key: [[id]]
fields:
  - {name: id, type: string, required: true, description: Id}
  - {name: count, type: int, description: How often}
  - name: actor
    type: object
    description: Who
    fields:
      - {name: id, type: string, description: Id}
      - name: team
        type: object
        description: Team
        fields:
          - {name: name, type: string, description: Name}
  - name: targets
    type: array
    description: What
    element:
      type: object
      fields:
        - {name: id, type: string, description: Id}
        - {name: tags, type: array, element: string, description: Tags}
`

const second = `logType: Acme.Audit
version: 2
description: What Acme tells.
reference: https://example.com/docs
eventTime: []
key: [[id]]
fields:
  - {name: late, type: string, description: Came later}
  - name: targets
    type: array
    description: What
    element:
      type: object
      fields:
        - {name: kind, type: string, description: Kind}
        - name: parts
          type: array
          description: Parts
          element:
            type: object
            fields:
              - {name: size, type: bigint, required: true, description: Bytes}
        - {name: id, type: string, description: Id}
        - {name: tags, type: array, element: string, description: Tags}
  - name: actor
    type: object
    description: Who
    fields:
      - {name: email, type: string, description: Mail}
      - {name: id, type: string, description: Id}
      - name: team
        type: object
        description: Team
        fields:
          - {name: name, type: string, description: Name}
          - {name: seen, type: timestamp, formats: [rfc3339], description: When it was seen}
      - name: site
        type: object
        description: Site
        fields:
          - {name: name, type: string, description: Name}
  - {name: count, type: int, description: How often}
  - {name: id, type: string, required: true, description: Id}
`

const file = 'schemas/acme/audit.yaml'
/** The ids that the first version gave, and those of standard columns. */
const firstIds = fieldIdsOf(parseLogSchema(file, first))
const source = (text: string, given: FieldIds = firstIds): LogSchemaFile => {
  const schema = parseLogSchema(file, text, given)
  return { file, schema, fieldIds: fieldIdsOf(schema) }
}

describe('a release', () => {
  const released = new Map<string, ReleasedTable>([['acme_audit', releasedForm(source(first).schema)]])

  test('may add columns, members and members of list elements, in any order, as the next version', () => {
    expect(releaseProblems([source(second)], released)).toEqual([])
  })

  test('may make a required column optional', () => {
    expect(releaseProblems([source(first.replace('required: true, ', ''))], released)).toEqual([])
  })

  test('may add a table', () => {
    expect(releaseProblems([source(first)], new Map())).toEqual([])
  })

  test.each<[string, string, string, string[]]>([
    [
      'a column is gone',
      '  - {name: count, type: int, description: How often}\n',
      '',
      ['count: was released in version 1 as int and is gone; put it back'],
    ],
    [
      'a member is gone',
      '      - {name: id, type: string, description: Id}\n      - name: team',
      '      - name: team',
      ['actor.id: was released in version 1 as string and is gone; put it back'],
    ],
    [
      'a member of list elements is renamed',
      'name: tags',
      'name: labels',
      [
        'targets[].tags: was released in version 1 as array of string and is gone; put it back',
        'version is 1; targets[].labels came since version 1 was released, so write version: 2',
      ],
    ],
    [
      'a column is retyped',
      'name: count, type: int',
      'name: count, type: bigint',
      ['count: was released in version 1 as int and is bigint now; make it int again, or add a column of another name'],
    ],
    [
      'text becomes JSON text, which Glue does not tell apart',
      'type: string, required: true',
      'type: json, required: true',
      [
        'id: was released in version 1 as string and is json now; make it string again, or add a column of another name',
      ],
    ],
    [
      'the elements of a list are retyped',
      'element: string',
      'element: json',
      [
        'targets[].tags: was released in version 1 as array of string and is array of json now; make it array of string again, or add a column of another name',
      ],
    ],
    [
      'an object is closed to its members',
      /type: object\n {4}description: Who.*Name}\n/s.exec(first)?.[0] ?? '',
      'type: json\n    description: Who\n',
      [
        'actor: was released in version 1 as object and is json now; make it object again, or add a column of another name',
      ],
    ],
    [
      'a column is newly required',
      'name: count, type: int,',
      'name: count, type: int, required: true,',
      ['count: was optional in version 1 and is required now; leave required out, rows without it exist'],
    ],
    [
      'a new member is required',
      '      - name: team',
      '      - {name: mail, type: string, required: true, description: Mail}\n      - name: team',
      [
        'actor.mail: is new and required, but rows of version 1 lack it; leave required out',
        'version is 1; actor.mail came since version 1 was released, so write version: 2',
      ],
    ],
    [
      'a column is added and the version stays',
      '  - name: actor',
      '  - {name: late, type: string, description: Late}\n  - name: actor',
      ['version is 1; late came since version 1 was released, so write version: 2'],
    ],
    [
      'the version grows for nothing',
      'version: 1',
      'version: 2',
      ['version is 2; no column was added since version 1 was released, so write version: 1'],
    ],
  ])('is refused when %s', (_, wanted, instead, expected) => {
    expect(first.split(wanted)).toHaveLength(2)
    expect(releaseProblems([source(first.replace(wanted, instead))], released)).toEqual(
      expected.map((problem) => `${file}: ${problem}`),
    )
  })

  test.each<[string, (ids: Map<string, number>) => void, string[]]>([
    [
      'changes',
      (ids) => ids.set('targets[]', 1100),
      [
        'targets[]: has the field id 1100, but was released with 1007; write 1007 into schemas/field-ids/acme_audit.json again',
      ],
    ],
    [
      'passes to another column',
      (ids) => ids.set('actor.team', 1001).set('count', 1100),
      [
        'count: has the field id 1100, but was released with 1001; write 1001 into schemas/field-ids/acme_audit.json again',
        'actor.team: has the field id 1001, but was released with 1004; write 1004 into schemas/field-ids/acme_audit.json again',
      ],
    ],
  ])('is refused when a field id %s', (_, change, expected) => {
    const ids = new Map(firstIds)
    change(ids)
    expect(releaseProblems([source(first, ids)], released)).toEqual(expected.map((problem) => `${file}: ${problem}`))
  })

  test('is refused when a new column has the id of a released one', () => {
    const ids = new Map([...firstIds, ['late', 1001] as const])
    ids.delete('count')
    expect(releaseProblems([source(second, ids)], released)).toContain(
      `${file}: late: has the field id 1001, which was released for count; remove its line from schemas/field-ids/acme_audit.json and run npm run generate`,
    )
  })

  test('is refused when a released table has no schema', () => {
    expect(releaseProblems([], released)).toEqual([
      'acme_audit: was released and has no schema any more; put its schema back under schemas/',
    ])
  })
})

/** Removes null members at any depth; keeps whole numbers that `readParquet` marks as plain ones. */
function compact(value: unknown): unknown {
  if (typeof value === 'string' && /^\d+n$/.test(value)) return Number(value.slice(0, -1))
  if (Array.isArray(value)) return value.map(compact)
  if (typeof value !== 'object' || value === null) return value
  const present = Object.entries(value).filter(([, member]) => member !== null)
  return Object.fromEntries(present.map(([name, member]) => [name, compact(member)]))
}

test("a file of every released version opens with today's table, and all its values are there", async () => {
  const files = globSync(`${releasedFolder}/*.parquet`, { cwd: root }).sort()
  const lake = new LakeOfSchemas(loadTableSchemas())
  const written = new Map<string, unknown[]>()
  for (const path of files) {
    const table = basename(path).replace(/-v\d+\.parquet$/, '')
    lake.add(table, basename(path), readFileSync(join(root, path)))
    written.set(table, [...(written.get(table) ?? []), ...(await readParquet(join(root, path))).map(compact)])
  }
  expect([...written.keys()].sort()).toEqual([...readReleased(root).keys()].sort())
  for (const [table, rows] of written) {
    const read = (await lake.rows(`SELECT * EXCLUDE (dt) FROM ${table} ORDER BY p_schema_version, p_event_time`)).map(
      compact,
    )
    expect(read).toEqual(rows)
  }
})

describe('files of two versions of a table', () => {
  const old = source(first).schema
  const grown = source(second).schema
  const receivedAt = Date.UTC(2026, 0, 31)
  const bytesOf = (schema: LogSchema, ...events: object[]) => {
    const { normalize } = compileNormalizer(schema)
    const context = { sourceId: 's', sourceLabel: 'S', receivedAt }
    return parquetOf(
      schema,
      events.map((event) => normalize(parseEvent(Buffer.from(JSON.stringify(event))), context)),
    )
  }
  const oldFile = bytesOf(
    old,
    { id: 'a', count: 1, actor: { id: 'u', team: { name: 'red' } }, targets: [{ id: 't', tags: ['x'] }, { id: 'v' }] },
    { id: 'b', targets: [] },
  )
  const newFile = bytesOf(
    grown,
    { id: 'c', late: 'yes', actor: { email: 'e', team: { seen: '2026-01-30T00:00:00Z' }, site: { name: 'hq' } } },
    { id: 'd', targets: [{ kind: 'k', parts: [{ size: 5 }] }] },
    { id: 'e' },
  )
  const a = {
    late: null,
    targets: [
      { kind: null, parts: null, id: 't', tags: ['x'] },
      { kind: null, parts: null, id: 'v', tags: null },
    ],
    actor: { email: null, id: 'u', team: { name: 'red', seen: null }, site: null },
    count: 1,
    id: 'a',
  }
  const b = { late: null, targets: [], actor: null, count: null, id: 'b' }
  const c = {
    late: 'yes',
    targets: null,
    actor: { email: 'e', id: null, team: { name: null, seen: '2026-01-30T00:00:00.000Z' }, site: { name: 'hq' } },
    count: null,
    id: 'c',
  }
  const d = {
    late: null,
    targets: [{ kind: 'k', parts: [{ size: 5 }], id: null, tags: null }],
    actor: null,
    count: null,
    id: 'd',
  }
  const e = { late: null, targets: null, actor: null, count: null, id: 'e' }

  test.each([
    ['the old one alone', [oldFile], [a, b]],
    ['the new one alone', [newFile], [c, d, e]],
    ['both', [oldFile, newFile], [a, b, c, d, e]],
    ['both, the new one first', [newFile, oldFile], [a, b, c, d, e]],
  ])('%s read with the grown table: missing members are null at any depth', async (_, files, expected) => {
    const lake = new LakeOfSchemas([grown])
    for (const [index, bytes] of files.entries()) lake.add('acme_audit', `${index}.parquet`, bytes)
    expect(await lake.rows('SELECT late, targets, actor, count, id FROM acme_audit ORDER BY id')).toEqual(expected)
  })
})
