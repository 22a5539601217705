import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const project = join(import.meta.dirname, '../..')

const versionOf = (schema: string): number => Number(/^version: (\d+)/m.exec(readFileSync(schema, 'utf8'))?.[1])

describe('npm run generate', () => {
  let copy: string
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'generate-'))
    for (const part of ['cli', 'lambdas', 'lib', 'local/screen', 'settings', 'schemas', 'docs', 'package.json']) {
      cpSync(join(project, part), join(copy, part), { recursive: true })
    }
    symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
  })
  afterEach(() => rmSync(copy, { recursive: true }))

  function generate(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['cli/generate.ts', ...args], {
      cwd: copy,
      encoding: 'utf8',
    })
    return { status, stdout, stderr }
  }

  it('finds nothing to do in the unchanged project', () => {
    expect(generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('names and mends files that are stale, edited by hand or left over', () => {
    const schema = join(copy, 'schemas/github/webhook.yaml')
    const next = versionOf(schema) + 1
    writeFileSync(schema, readFileSync(schema, 'utf8').replace(/^version: .*/m, `version: ${next}`))
    appendFileSync(join(copy, 'schemas/generated/index.ts'), '// edited\n')
    rmSync(join(copy, 'schemas/generated/audit-lake.schema.json'))
    rmSync(join(copy, 'docs/tables.md'))
    writeFileSync(join(copy, 'schemas/generated/gone_audit.ts'), '')

    const found = generate('--check')
    expect(found.status).toBe(1)
    expect(found.stderr.trimEnd().split('\n').sort()).toEqual([
      'docs/tables.md: is not up to date; run npm run generate',
      'schemas/generated/audit-lake.schema.json: is not up to date; run npm run generate',
      'schemas/generated/github_webhook.ts: is not up to date; run npm run generate',
      'schemas/generated/gone_audit.ts: is made from nothing any more; run npm run generate to remove it',
      'schemas/generated/index.ts: is not up to date; run npm run generate',
    ])
    expect(generate().status).toBe(0)
    expect(readFileSync(join(copy, 'schemas/generated/github_webhook.ts'), 'utf8')).toContain(`  version: ${next},\n`)
    expect(generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('verifies the facts in the page of a provider and keeps the prose around them', () => {
    const page = join(copy, 'docs/sources/github.md')
    const shipped = readFileSync(page, 'utf8')
    writeFileSync(page, shipped.replace('Page size: 100 events', 'Page size: 99 events'))
    expect(generate('--check')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'docs/sources/github.md: is not up to date; run npm run generate\n',
    })
    writeFileSync(page, `# By hand\n\n${readFileSync(page, 'utf8')}\nBelow\n`)
    expect(generate().status).toBe(0)
    expect(readFileSync(page, 'utf8')).toBe(`# By hand\n\n${shipped}\nBelow\n`)
  })

  it('makes a page for a provider without one, and refuses one without the markers', () => {
    const page = join(copy, 'docs/sources/hex.md')
    rmSync(page)
    expect(generate().stdout).toBe('docs/sources/hex.md: written\n')
    expect(readFileSync(page, 'utf8')).toMatch(
      /^# Hex\n\n## Setting up `hex-webhook`\n\n<!-- set-up of hex-webhook: .*\n(?:.|\n)*\n<!-- facts: .*\n\n### `hex-webhook`\n/,
    )
    writeFileSync(page, '# Hex\n')
    const { status, stderr } = generate('--check')
    expect(status).toBe(1)
    expect(stderr).toContain('docs/sources/hex.md: lacks the markers of the set-up of hex-webhook')
  })

  it('writes nothing from a schema with a typo, and says where it is', () => {
    const schema = join(copy, 'schemas/github/webhook.yaml')
    writeFileSync(
      schema,
      readFileSync(schema, 'utf8').replace('name: action, type: string', 'name: action, type: text'),
    )
    const before = readFileSync(join(copy, 'schemas/generated/github_webhook.ts'), 'utf8')
    const { status, stdout, stderr } = generate()
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(
      /^schemas\/github\/webhook\.yaml:\d+:\d+: fields\[action\]\.type: is "text"; expected one of "string"\|/,
    )
    expect(readFileSync(join(copy, 'schemas/generated/github_webhook.ts'), 'utf8')).toBe(before)
  })

  it('records a release, after which tables may only grow', () => {
    const schema = join(copy, 'schemas/github/webhook.yaml')
    const released = join(copy, 'test/schemas/released')
    const version = versionOf(schema)
    const edit = (wanted: string, instead: string) =>
      writeFileSync(schema, readFileSync(schema, 'utf8').replace(wanted, instead))
    const first = generate('--release')
    expect(first.stderr).toBe('')
    expect(first.stdout).toContain('test/schemas/released/github_webhook.json: written\n')
    expect(generate('--release')).toEqual({ status: 0, stdout: '', stderr: '' })

    edit('name: action, type: string', 'name: action, type: json')
    const before = readFileSync(join(released, 'github_webhook.json'), 'utf8')
    const refused = generate('--release')
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toContain(
      `schemas/github/webhook.yaml: action: was released in version ${version} as string`,
    )
    expect(readFileSync(join(released, 'github_webhook.json'), 'utf8')).toBe(before)

    edit('name: action, type: json', 'name: action, type: string')
    edit('fields:\n', 'fields:\n  - {name: late, type: string, description: Came later}\n')
    edit(`version: ${version}`, `version: ${version + 1}`)
    expect(generate('--release').stdout.split('\n')).toEqual(
      expect.arrayContaining([
        'test/schemas/released/github_webhook.json: written',
        `test/schemas/released/github_webhook-v${version + 1}.parquet: written`,
      ]),
    )
    expect(readFileSync(join(released, 'github_webhook.json'), 'utf8')).toContain('"late": "string"')
    expect(readdirSync(released)).toContain(`github_webhook-v${version}.parquet`)
  })

  it('gives new columns new ids, also after one is gone, and refuses a released id that was changed', () => {
    const schema = join(copy, 'schemas/hex/audit.yaml')
    const file = join(copy, 'schemas/field-ids/hex_audit.json')
    const edit = (path: string, wanted: string, instead: string) =>
      writeFileSync(path, readFileSync(path, 'utf8').replace(wanted, instead))
    const idsOf = (): Record<string, number> => JSON.parse(readFileSync(file, 'utf8'))
    cpSync(join(project, 'test/schemas/released'), join(copy, 'test/schemas/released'), { recursive: true })
    const before = idsOf()
    const last = Math.max(...Object.values(before))

    const early = '  - {name: early, type: array, element: string, description: Came first}\n'
    edit(schema, 'fields:\n', `fields:\n${early}`)
    expect(generate('--check').stderr).toContain(
      'schemas/field-ids/hex_audit.json: is not up to date; run npm run generate\n',
    )
    expect(generate().status).toBe(0)
    expect(idsOf()).toEqual({ ...before, early: last + 1, 'early[]': last + 2 })

    edit(schema, early, '  - {name: late, type: string, description: Came later}\n')
    expect(generate().status).toBe(0)
    expect(idsOf()).toEqual({ ...before, early: last + 1, 'early[]': last + 2, late: last + 3 })
    expect(generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' })

    edit(file, `"event": ${before.event}`, '"event": 2000')
    for (const args of [[], ['--check'], ['--release']]) {
      expect(generate(...args)).toEqual({
        status: 1,
        stdout: '',
        stderr: `schemas/hex/audit.yaml: event: has the field id 2000, but was released with ${before.event}; write ${before.event} into schemas/field-ids/hex_audit.json again\n`,
      })
    }
  })

  it('explains itself, and does nothing on an unknown option', () => {
    expect(generate('--help').stdout).toMatch(/^npm run generate \[/)
    const { status, stderr } = generate('--chek')
    expect(status).toBe(1)
    expect(stderr).toContain('--help')
  })
})
