import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { collectionVariable } from '../../local/aws/iam/decision-log.ts'
import type { Ready } from '../../local/run.ts'

/**
 * Follows "Adding a source" in docs/development.md in a copy of the project: writes the page's files, edits nothing
 * else, and runs the page's commands.
 */
const project = join(import.meta.dirname, '../..')
const copy = mkdtempSync(join(tmpdir(), 'adding-a-source-'))
const data = join(copy, '.audit-lake')
afterAll(() => rmSync(copy, { recursive: true, maxRetries: 3 }))

const page = readFileSync(join(project, 'docs/development.md'), 'utf8')
const section = /^## Adding a source\n.*?(?=^## )/ms.exec(page)?.[0] ?? ''
/** Contents by path: each stands in the first block of code below the heading that is its path. */
const files = new Map(
  [...section.matchAll(/^### `([^`]+)`\n.*?^```\w+\n(.*?)^```$/gms)].map(([, path = '', content = '']) => [
    path,
    content,
  ]),
)
const commands = (/^```sh\n(.*?)^```$/ms.exec(section)?.[1] ?? '').split('\n').map((line) => line.replace(/ +#.*/, ''))
const token = 'acme-token-of-nobody-0123456789'

/** Neither the suite around this test nor a CI machine is what a person at a terminal has. */
function environment(): NodeJS.ProcessEnv {
  // Which permissions are used is judged by the sources of the project itself.
  const { [collectionVariable]: _decisions, CI: _ci, ...rest } = process.env
  const kept = Object.entries(rest).filter(([name]) => !/^(VITEST|NODE_ENV|FORCE_COLOR|npm_)/.test(name))
  return { ...Object.fromEntries(kept), NO_COLOR: '1', PATH: `${join(copy, 'node_modules/.bin')}:${process.env.PATH}` }
}

/** Runs a command in the copy. @returns what it printed, when it succeeded */
async function run(command: string, ...args: string[]): Promise<string> {
  const child = spawn(command, args, { cwd: copy, env: environment(), shell: args.length === 0 })
  const [[status], output, errors] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)])
  expect(status, `${[command, ...args].join(' ')}\n${output}\n${errors}`).toBe(0)
  return output
}

beforeAll(() => {
  const left = /(^|\/)(node_modules|\.git|cdk\.out|\.audit-lake|coverage)$/
  cpSync(project, copy, { recursive: true, filter: (source) => !left.test(source) })
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'))
  for (const [path, content] of files) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), content)
  }
  cpSync(join(project, 'test/fixtures/toy-provider'), join(copy, 'test/fixtures/http/acme/audit'), { recursive: true })
})

test('the page names a file of each kind and the commands to try them', () => {
  expect([...files.keys()]).toEqual([
    'schemas/acme/audit.yaml',
    'lambdas/connectors/acme/manifest.ts',
    'lambdas/connectors/acme/audit.ts',
    'simulators/acme/samples/audit/member-invited.json',
    'test/fixtures/http/acme/audit/connection.json',
    'acme.yaml',
  ])
  expect(files.get('lambdas/connectors/acme/audit.ts')?.split('\n').length).toBeLessThan(100)
  expect(commands).toContain('npm run check')
})

test('the generator makes row types, registry and documentation', async () => {
  await run('npm run generate')
  expect(readFileSync(join(copy, 'lambdas/connectors/generated/polled.ts'), 'utf8')).toContain("'acme-audit'")
  expect(readFileSync(join(copy, 'docs/sources/acme.md'), 'utf8')).toContain('### Stream `acme.audit`')
  await run('node', 'cli/generate.ts', '--check')
})

test('types, format and house rules hold', async () => {
  await run('tsc')
  const written = globSync('lambdas/connectors/acme/*.ts', { cwd: copy })
  expect(written.length).toBe(2)
  await run('biome', 'ci', '--colors=off', '--error-on-warnings', ...written)
})

test.each(commands.filter((command) => command.includes('vitest')))('%s', async (command) => {
  expect(await run(command)).toMatch(/Tests +\d+ passed/)
})

test('a local run fetches the events, and a query shows them', async () => {
  const provider = await startAcme()
  const settings = join(copy, 'acme.yaml')
  writeFileSync(settings, files.get('acme.yaml')?.replace('http://127.0.0.1:8080', provider.url) ?? '')
  const { ready, child } = await started('cli/start.ts', '--config', settings, '--no-simulators', '--json')
  await putSecret(ready)
  const query = async () => {
    const sql = 'select id, action, actor.email as who, p_source_label as label from acme_audit order by id'
    const lines = await run('node', 'cli/query.ts', '--data', data, '--json', sql)
    return lines.split('\n').flatMap((line): unknown[] => (line === '' ? [] : [JSON.parse(line)]))
  }
  const rows = ['evt_0', 'evt_1', 'evt_2'].map((id) => {
    return { id, action: 'member.invited', who: 'ada@example.com', label: 'Acme workspace' }
  })
  await expect.poll(query, { interval: 500 }).toEqual(rows)
  const sql = `select class_name, activity_name, actor_user_email_addr as who, src_endpoint_ip as address
    from all_events where metadata_product_name = 'Acme' and dt > '2026-01-01' limit 1`
  expect(JSON.parse(await run('node', 'cli/query.ts', '--data', data, '--json', sql))).toEqual({
    class_name: 'User Access Management',
    activity_name: 'Assign Privileges',
    who: 'ada@example.com',
    address: '192.0.2.7',
  })
  child.kill('SIGTERM')
  await once(child, 'exit')
})

/** Acme with three events of the last minutes, two on a page. */
async function startAcme(): Promise<{ readonly url: string }> {
  const sample = JSON.parse(files.get('simulators/acme/samples/audit/member-invited.json') ?? '')
  const start = Date.now() - 10 * 60_000
  const events = [0, 1, 2].map((n) => {
    return { ...sample, id: `evt_${n}`, occurred_at: new Date(start + n * 60_000).toISOString() }
  })
  const server = createServer(({ url, headers }, response) => {
    const { searchParams } = new URL(url ?? '', 'http://acme.example')
    const [from, to, cursor] = ['from', 'to', 'cursor'].map((name) => searchParams.get(name) ?? '')
    const shown = events.filter(({ occurred_at: at }) => at >= String(from) && at < String(to)).slice(Number(cursor))
    const next = shown.length > 2 ? String(Number(cursor) + 2) : null
    response.statusCode = headers.authorization === `Bearer ${token}` ? 200 : 401
    response.end(JSON.stringify({ entries: shown.slice(0, 2), next_cursor: next }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}` }
}

/** Starts the pipeline of the copy, and ends it with the test. */
async function started(...args: string[]): Promise<{ readonly ready: Ready; readonly child: ChildProcess }> {
  const child = spawn('node', [...args, '--data', data], {
    cwd: copy,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  for await (const line of createInterface(child.stdout)) {
    if (line.startsWith('{')) return { ready: JSON.parse(line), child }
  }
  throw new Error('the pipeline ended before it was ready')
}

async function putSecret({ credentials, region, endpoints, secrets }: Ready): Promise<void> {
  const client = new SecretsManagerClient({ credentials, region, endpoint: endpoints.secretsmanager })
  await client.send(new PutSecretValueCommand({ SecretId: secrets.acme, SecretString: token }))
  client.destroy()
}
