import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HandMadeLake } from '../support/lake.ts'
import { startReceiver } from '../support/receiver.ts'

function run(command: 'start' | 'query', args: readonly string[], input = '') {
  const file = path.join(import.meta.dirname, '../../cli', `${command}.ts`)
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', input })
  return { status, stdout, stderr }
}

describe('query', () => {
  const query = (args: readonly string[], input?: string) =>
    run('query', ['--data', new HandMadeLake().dataDir, ...args], input)

  test.each([
    ['an argument', ["SELECT 1 AS n, 'a' AS t"], ''],
    ['several arguments, as without quotes', ['SELECT', '1', 'AS', 'n,', "'a'", 'AS', 't'], ''],
    ['stdin', [], "SELECT 1 AS n, 'a' AS t;\n"],
  ])('takes SQL from %s', (_, args, input) => {
    expect(query(args, input)).toEqual({ status: 0, stderr: '', stdout: 'n  t\n-  -\n1  a\n(1 row)\n' })
  })

  test('prints an object per row with --json', () => {
    expect(query(['--json', 'SELECT unnest([1, 2]) AS n'])).toEqual({
      status: 0,
      stderr: '',
      stdout: '{"n":1}\n{"n":2}\n',
    })
  })

  test('prints comma-separated values with --csv', () => {
    expect(query(['--csv', "SELECT 1 AS n, 'a,b' AS t"])).toEqual({ status: 0, stderr: '', stdout: 'n,t\n1,"a,b"\n' })
  })

  test.each([
    [['--csv', '--json', 'SELECT 1'], 'Write --json or --csv, not both.\n'],
    [['SELEC 1'], 'Parser Error: syntax error at or near "SELEC"\n'],
    [['--bogus'], "Unknown option '--bogus'. --help lists the options.\n"],
    [[], expect.stringMatching(/^There is no SQL to run\.\n/)],
    [['--saved', 'new-owner'], 'There is no saved query new-owner; did you mean new-owners?\n'],
    [['--saved', 'one-person', '--set', 'whom=ada'], 'one-person has no parameter whom; did you mean who?\n'],
    [['--saved', 'new-owners', '--set', 'days=all'], 'days must be a whole number of at most six digits\n'],
    [['--set', 'days=3', 'SELECT 1'], '--set belongs to --saved NAME.\n'],
  ])('%j ends with 1 and a reason', (args, stderr) => {
    expect(query(args)).toEqual({ status: 1, stdout: '', stderr })
  })

  const allEvents = {
    DatabaseName: { Ref: 'Database' },
    TableInput: {
      Name: 'all_events',
      TableType: 'VIRTUAL_VIEW',
      ViewOriginalText: `/* Presto View: ${Buffer.from(JSON.stringify({ originalSql: 'SELECT id, dt FROM events' })).toString('base64')} */`,
    },
  }

  test('warns on stderr when all_events is read without a bound on dt', () => {
    const { dataDir } = new HandMadeLake(allEvents)
    const { status, stdout, stderr } = run('query', ['--data', dataDir, 'SELECT count(*) AS n FROM all_events'])
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'n\n-\n0\n(1 row)\n' })
    expect(stderr).toMatch(/^all_events is read without a bound on dt .+ Add where dt >= .+\n$/)
    const bounded = run('query', ['--data', dataDir, "SELECT count(*) AS n FROM all_events WHERE dt >= '2026-01-01'"])
    expect(bounded).toEqual({ status: 0, stdout, stderr: '' })
  })

  test('lists saved queries with what can be set', () => {
    const { status, stdout, stderr } = query(['--saved', '--json'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(listed).toContainEqual({
      name: 'one-person',
      question: 'What did one person do, anywhere?',
      set: 'who=ada@example.com login= hour= days=30',
    })
  })
})

describe('start', () => {
  test.each([
    [['--bogus'], "Unknown option '--bogus'. --help lists the options.\n"],
    [['--port', 'http'], '--port http is not a port (0 to 65535)\n'],
    [['extra'], "Unexpected argument 'extra'. --help lists the options.\n"],
  ])('%j ends with 1 and a reason', (args, stderr) => {
    expect(run('start', args)).toEqual({ status: 1, stdout: '', stderr })
  })

  test('a taken port ends it before synthesis, with only the reason', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'start-'))
    onTestFinished(() => rmSync(data, { recursive: true }))
    const { url } = await startReceiver(() => 200)
    const { port } = new URL(url)
    const { status, stdout, stderr } = run('start', ['--json', '--port', port, '--data', data])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(new RegExp(`^port ${port} is taken by another process; .*\n$`))
    expect(readdirSync(data)).toEqual([])
  })

  test('shows the problems of the settings unchanged and leaves nothing behind', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'start-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const config = path.join(folder, 'settings.yaml')
    writeFileSync(config, 'retentionDays: 0\nsources: []\n')
    const { status, stdout, stderr } = run('start', ['--json', '--config', config, '--data', path.join(folder, 'data')])
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      new RegExp(`^${config} has 2 problems:\n${config}:1:\\d+: .*retentionDays.*\n${config}:2:\\d+: .*sources.*\n$`),
    )
    expect(readdirSync(path.join(folder, 'data'))).toEqual([])
  })
})
