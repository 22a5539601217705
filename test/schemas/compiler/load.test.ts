import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { loadTableSchemas, parseLogSchema } from '../../../schemas/compiler/load.ts'
import { YamlProblems } from '../../../schemas/compiler/yaml-document.ts'
import type { Field } from '../../../schemas/definition.ts'
import { tableSchemas } from '../../../schemas/generated/index.ts'

const schemas = loadTableSchemas()
const factsFolder = join(import.meta.dirname, 'fields')
const tablesIn = (folder: string, ending: string) =>
  readdirSync(folder).flatMap((file) => (file.endsWith(ending) ? [file.slice(0, -ending.length)] : []))
/**
 * Tables whose expected fields are written down: all that are released, and others that should not change unnoticed.
 */
const withFacts = new Set(tablesIn(factsFolder, '.txt'))

/** One line per field at any depth: `path | type | required | formats … | indicators …`. */
function factsOf(fields: readonly Field[], prefix = ''): string[] {
  return fields.flatMap((field) => {
    const value = field.type === 'array' ? field.element : field
    const path = `${prefix}${field.name}${field.type === 'array' ? '[]' : ''}`
    const facts = [path, field.type === 'array' ? `array of ${value.type}` : field.type]
    if (field.required) facts.push('required')
    if ('formats' in value && value.formats) facts.push(`formats ${value.formats.join(' or ')}`)
    if ('indicators' in value && value.indicators) facts.push(`indicators ${value.indicators.join(' ')}`)
    const ofMembers = 'memberIndicators' in value ? Object.entries(value.memberIndicators ?? {}) : []
    for (const [member, indicators] of ofMembers) facts.push(`indicators of ${member} ${indicators.join(' ')}`)
    return [facts.join(' | '), ...('fields' in value ? factsOf(value.fields, `${path}.`) : [])]
  })
}

describe('the schemas of the project', () => {
  it('have their expected fields in fields/ as soon as they are released', () => {
    const released = tablesIn(join(import.meta.dirname, '../released'), '.json')
    expect(released).not.toEqual([])
    expect(released.filter((table) => !withFacts.has(table))).toEqual([])
    const tables = schemas.map(({ table }) => table)
    expect([...withFacts].filter((table) => !tables.includes(table))).toEqual([])
  })

  it.each(schemas.filter(({ table }) => withFacts.has(table)))(
    '$logType has the fields, types, formats and indicators that are expected',
    ({ table, fields }) => {
      const expected = readFileSync(join(factsFolder, `${table}.txt`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(factsOf(fields)).toEqual(expected)
    },
  )

  it('describe 117 fields of GitHub.Webhook and its transport columns', () => {
    const webhook = schemas.find(({ logType }) => logType === 'GitHub.Webhook')
    expect(webhook).toMatchObject({ table: 'github_webhook', version: 2, eventTime: [] })
    expect(webhook?.fields).toHaveLength(117)
    expect(webhook?.attributes.map(({ column }) => column)).toEqual([
      'p_webhook_event',
      'p_webhook_delivery',
      'p_webhook_hook_id',
    ])
    expect(webhook?.key).toEqual([
      [
        { part: 'attribute', column: 'p_webhook_hook_id' },
        { part: 'attribute', column: 'p_webhook_delivery' },
        { part: 'canonical' },
      ],
      [{ part: 'source' }, { part: 'canonical' }],
    ])
  })

  it('reach the functions unchanged but for their descriptions and their meaning in OCSF', () => {
    const left = (key: string, value: unknown) => key === 'ocsf' || (key === 'description' && typeof value === 'string')
    const bare = JSON.stringify(schemas, (key, value: unknown) => (left(key, value) ? undefined : value))
    const byTable = (a: { table: string }, b: { table: string }) => a.table.localeCompare(b.table)
    const generated = [...tableSchemas].sort(byTable)
    expect(JSON.parse(JSON.stringify(generated))).toEqual(JSON.parse(bare).sort(byTable))
  })
})

const valid = `logType: Acme.Audit
version: 1
description: Everything that Acme tells.
reference: https://example.com/docs/audit
eventTime: ['@timestamp', event.at]
key:
  - [attribute(p_delivery), canonical]
  - [source, event.id or event.code, day(event.at), hash(event), unlisted(event.seq), optional(event.code)]
attributes:
  - {name: p_delivery, description: Id of the delivery}
fields:
  - {name: '@timestamp', type: timestamp, formats: [unix_ms, rfc3339], description: When}
  - name: event
    type: object
    required: true
    description: What
    fields:
      - {name: id, type: string, indicators: [trace_id], description: Id}
      - {name: code, type: bigint, description: Code}
      - {name: at, type: timestamp, formats: [rfc3339], description: When again}
  - {name: Names, type: array, element: string, indicators: [username], description: Who}
  - name: parts
    type: array
    description: Parts
    element:
      type: object
      fields:
        - {name: size, type: int, required: true, description: Bytes}
`

describe('a schema file', () => {
  it('becomes the data of the normalizer, the tables and the functions', () => {
    expect(parseLogSchema('acme.yaml', valid)).toEqual({
      logType: 'Acme.Audit',
      table: 'acme_audit',
      version: 1,
      description: 'Everything that Acme tells.',
      reference: 'https://example.com/docs/audit',
      eventTime: [['@timestamp'], ['event', 'at']],
      key: [
        [{ part: 'attribute', column: 'p_delivery' }, { part: 'canonical' }],
        [
          { part: 'source' },
          {
            part: 'member',
            anyOf: [
              ['event', 'id'],
              ['event', 'code'],
            ],
          },
          { part: 'day', path: ['event', 'at'] },
          { part: 'hash', path: ['event'] },
          { part: 'member', anyOf: [['event', 'seq']] },
          { part: 'member', anyOf: [['event', 'code']], optional: true },
        ],
      ],
      attributes: [{ column: 'p_delivery', id: 1000, description: 'Id of the delivery' }],
      fields: [
        {
          name: '@timestamp',
          column: 'at_sign_timestamp',
          id: 1001,
          type: 'timestamp',
          formats: ['unix_ms', 'rfc3339'],
          description: 'When',
        },
        {
          name: 'event',
          column: 'event',
          id: 1002,
          type: 'object',
          required: true,
          description: 'What',
          fields: [
            { name: 'id', column: 'id', id: 1003, type: 'string', indicators: ['trace_id'], description: 'Id' },
            { name: 'code', column: 'code', id: 1004, type: 'bigint', description: 'Code' },
            { name: 'at', column: 'at', id: 1005, type: 'timestamp', formats: ['rfc3339'], description: 'When again' },
          ],
        },
        {
          name: 'Names',
          column: 'names',
          id: 1006,
          type: 'array',
          element: { type: 'string', indicators: ['username'] },
          elementId: 1007,
          description: 'Who',
        },
        {
          name: 'parts',
          column: 'parts',
          id: 1008,
          type: 'array',
          element: {
            type: 'object',
            fields: [{ name: 'size', column: 'size', id: 1010, type: 'int', required: true, description: 'Bytes' }],
          },
          elementId: 1009,
          description: 'Parts',
        },
      ],
    })
  })

  it('can describe a table of the pipeline, which no provider documents', () => {
    const text = valid.replace('Acme.Audit', 'own_runs').replace(/reference: .*\n/, '')
    const schema = parseLogSchema('own.yaml', text)
    expect(schema).toMatchObject({ logType: 'own_runs', table: 'own_runs' })
    expect(schema).not.toHaveProperty('reference')
  })

  it('can declare that events have no time and the transport adds nothing', () => {
    const text = valid
      .replace("['@timestamp', event.at]", '[]')
      .replace('  - [attribute(p_delivery), canonical]\n', '')
      .replace(/attributes:\n.*\n/, '')
    expect(parseLogSchema('acme.yaml', text)).toMatchObject({ eventTime: [], attributes: [] })
  })

  /** The problems without their columns. */
  function problemsOf(text: string): string[] {
    try {
      parseLogSchema('acme.yaml', text)
    } catch (error) {
      if (!(error instanceof YamlProblems)) throw error
      return error.message.split('\n').map((line) => line.replace(/^(acme\.yaml:\d+):\d+/, '$1'))
    }
    return []
  }

  const codeLine = '{name: code, type: bigint, description: Code}'
  it.each<[string, string, string, string]>([
    [
      'an unknown key',
      'version: 1',
      'version: 1\nversoin: 2',
      '3: versoin: is not a known key; did you mean "version"?',
    ],
    [
      'a log type without a dot',
      'Acme.Audit',
      'AcmeAudit',
      '1: logType: is "AcmeAudit"; must be two words in letters joined by a dot',
    ],
    [
      'a log type in lower case that is not a table of the pipeline',
      'Acme.Audit',
      'acme.audit',
      '1: logType: is "acme.audit"; must be two words in letters joined by a dot, each with a capital, for example GitHub.Audit; only a table of our own has a lower-case name',
    ],
    [
      'no page of the provider',
      'reference: https://example.com/docs/audit\n',
      '',
      '1: reference: is missing; add it: the https address of the page that documents the events',
    ],
    [
      'the page of a provider for a table of ours',
      'Acme.Audit',
      'acme_audit',
      '4: reference: belongs to what a provider sends; remove it from a table of our own',
    ],
    [
      'a version that is not a whole number',
      'version: 1',
      'version: 1.5',
      '2: version: is 1.5; expected a whole number',
    ],
    [
      'no description',
      ', description: Code',
      '',
      '19: fields[event].fields[code].description: is missing; expected text',
    ],
    [
      'an empty description',
      'description: Code',
      "description: ''",
      '19: fields[event].fields[code].description: is ""; expected at least 1',
    ],
    [
      'a long description',
      'description: Code',
      `description: ${'x'.repeat(201)}`,
      `19: fields[event].fields[code].description: is "${'x'.repeat(56)}...; expected at most 200`,
    ],
    [
      'a reference that is not a URL',
      'https://example.com/docs/audit',
      'see the wiki',
      '4: reference: is "see the wiki"; must be the https address',
    ],
    [
      'an unknown type',
      'type: bigint',
      'type: bigin',
      '19: fields[event].fields[code].type: is "bigin"; expected one of "string"|',
    ],
    [
      'required: false',
      'required: true\n    desc',
      'required: false\n    desc',
      '15: fields[event].required: is false; can only be true; leave the key out',
    ],
    [
      'a timestamp without formats',
      'formats: [rfc3339], ',
      '',
      '20: fields[event].fields[at].formats: is missing; a field of type timestamp needs its time formats',
    ],
    [
      'formats on text',
      codeLine,
      '{name: code, type: string, formats: [unix], description: Code}',
      '19: fields[event].fields[code].formats: belongs to type timestamp only and this is a string; remove it',
    ],
    [
      'an unknown format',
      'formats: [rfc3339]',
      'formats: [iso8601]',
      '20: fields[event].fields[at].formats[0]: is "iso8601"; expected one of "rfc3339"|"unix"|',
    ],
    [
      'an unknown indicator',
      '[trace_id]',
      '[traceid]',
      '18: fields[event].fields[id].indicators[0]: is "traceid"; expected one of "ip"|',
    ],
    [
      'an indicator on a number',
      codeLine,
      '{name: code, type: bigint, indicators: [ip], description: Code}',
      '19: fields[event].fields[code].indicators: belongs to text only',
    ],
    [
      'indicators of members of a text',
      codeLine,
      '{name: code, type: string, memberIndicators: {address: [ip]}, description: Code}',
      '19: fields[event].fields[code].memberIndicators: belongs to type json only and this is a string',
    ],
    [
      'an object without fields',
      codeLine,
      '{name: code, type: object, description: Code}',
      '19: fields[event].fields[code].fields: is missing; a field of type object needs the list of its members',
    ],
    [
      'an array without element',
      ', element: string',
      '',
      '21: fields[Names].element: is missing; a field of type array needs the type of its elements',
    ],
    [
      'an array of an unknown type',
      'element: string',
      'element: strin',
      '21: fields[Names].element: is "strin"; expected one of "string"|"int"|"smallint"|"bigint"|"float"|"boolean"|"json" (did you mean string?)',
    ],
    [
      'a typo in an element',
      'type: object\n      fields',
      'type: object\n      field',
      '25: fields[parts].element.fields: is missing',
    ],
    [
      'a name that makes no column',
      'name: Names',
      "name: 'first name'",
      '21: fields[first name].name: "first name" gives no usable column name',
    ],
    [
      'two names for one column',
      'name: code',
      'name: ID',
      '19: fields[event].fields[ID].name: gives the column id, which the field id has already',
    ],
    ['a field of the pipeline', 'name: Names', 'name: P_row_id', '21: fields[P_row_id].name: P_row_id begins with p_'],
    [
      'an event time that does not exist',
      'event.at]\nkey',
      'event.att]\nkey',
      '5: eventTime[1]: event.att is not a field of this schema; did you mean event.at?',
    ],
    [
      'an event time that is not a timestamp',
      'event.at]\nkey',
      'event.id]\nkey',
      '5: eventTime[1]: event.id is a string; name a field of type timestamp',
    ],
    [
      'a key part that does not exist',
      'event.code,',
      'event.kode,',
      '8: key[1][1]: event.kode is not a field of this schema; did you mean event.code?',
    ],
    ['a key part that is an object', 'hash(event)', 'event', '8: key[1][3]: event is an object; write hash(event)'],
    [
      'a key with an unknown function',
      'hash(event)',
      'sha(event)',
      '8: key[1][3]: is "sha(event)"; must be source, canonical, attribute(p_name), hash(path)',
    ],
    [
      'a day of no timestamp',
      'day(event.at)',
      'day(event.id)',
      '8: key[1][2]: event.id is a string; name a field of type timestamp',
    ],
    [
      'a listed member marked as unlisted',
      'unlisted(event.seq)',
      'unlisted(event.id)',
      '8: key[1][4]: event.id is listed under fields; write it without unlisted()',
    ],
    [
      'an attribute that does not exist',
      'attribute(p_delivery)',
      'attribute(p_deliveri)',
      '7: key[0][0]: p_deliveri is not an attribute of this schema; did you mean p_delivery?',
    ],
    [
      'an attribute without p_',
      '{name: p_delivery',
      '{name: delivery',
      '10: attributes[delivery].name: is "delivery"; must be p_ and lower-case letters',
    ],
    [
      'an attribute that is a standard column',
      '{name: p_delivery',
      '{name: p_row_id',
      '10: attributes[p_row_id].name: p_row_id is a column already',
    ],
    ['no key', /key:\n.*\n.*\n/.exec(valid)?.[0] ?? '', 'key: []\n', '6: key: is empty; expected at least 1 item'],
  ])('with %s is refused with line, field and remedy', (_, wanted, instead, expected) => {
    expect(valid.split(wanted)).toHaveLength(2)
    const problems = problemsOf(valid.replace(wanted, instead))
    expect(problems).toContainEqual(expect.stringContaining(`acme.yaml:${expected}`))
  })
})

describe('a folder of schema files', () => {
  const roots: string[] = []
  afterEach(() => {
    for (const root of roots.splice(0)) rmSync(root, { recursive: true })
  })

  function folder(files: Record<string, string>): string {
    const root = mkdtempSync(join(tmpdir(), 'log-schemas-'))
    roots.push(root)
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(root, file, '..'), { recursive: true })
      writeFileSync(join(root, file), text)
    }
    return root
  }

  it('is read in the order of file names', () => {
    const root = folder({
      'schemas/b/one.yaml': valid,
      'schemas/a/two.yaml': valid.replace('Acme.Audit', 'Acme.Other'),
      'schemas/README.md': 'no schema',
    })
    expect(loadTableSchemas(root).map(({ table }) => table)).toEqual(['acme_other', 'acme_audit'])
  })

  it('reports problems of all its files, repeated log types and misplaced files', () => {
    const root = folder({
      'schemas/a/one.yaml': valid.replace('version: 1', 'version: 0'),
      'schemas/b/one.yaml': valid,
      'schemas/b/two.yaml': valid.replace('Acme.Audit', 'Acme.AUDIT'),
      'schemas/three.yaml': valid,
      'schemas/c/four.yml': valid,
      'schemas/auditlake/five.yaml': valid.replace('Acme.Audit', 'Acme.Five'),
      'schemas/d/six.yaml': valid.replace('Acme.Audit', 'six').replace(/reference: .*\n/, ''),
    })
    expect(() => loadTableSchemas(root)).toThrow(
      [
        'schemas/a/one.yaml:2:10: version: is 0; expected at least 1',
        "schemas/auditlake/five.yaml:1:10: logType: Acme.Five is a log type of a provider; move the file to the provider's folder, schemas/auditlake/ is for tables of our own",
        'schemas/b/two.yaml:1:10: logType: Acme.AUDIT is described in schemas/b/one.yaml already; remove one of the two',
        'schemas/c/four.yml:1:1: is not where schemas are read from; move it to schemas/<provider>/<stream>.yaml, in lower case',
        'schemas/d/six.yaml:1:10: logType: six is the name of a table of our own; move the file to schemas/auditlake/, or name <Provider>.<Stream>',
        'schemas/three.yaml:1:1: is not where schemas are read from; move it to schemas/<provider>/<stream>.yaml, in lower case',
      ].join('\n'),
    )
  })
})
