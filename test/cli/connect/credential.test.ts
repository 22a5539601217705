import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectCommand } from '../../support/connect-command.ts'
import { eventually } from '../../support/pipeline.ts'
import { PolledPipeline, type PolledSource, streamOf } from '../../support/polled.ts'

const github = streamOf('github-audit')
const anthropic = streamOf('anthropic-activity')

let world: PolledPipeline
let source: PolledSource
beforeAll(async () => {
  world = await PolledPipeline.start([
    { id: github.type, facts: github, filled: false },
    { id: anthropic.type, facts: anthropic },
  ])
  source = world.sourceOf(github)
  await world.pipeline.run.schedules.get('janitor')?.tick()
})
afterAll(() => world.stop())

const connect = (args: readonly string[], stdin?: string) =>
  connectCommand([...args, '--data', world.pipeline.data], stdin)

async function storedCredential(id: string): Promise<string | undefined> {
  const { credentials, region, endpoints, secrets } = world.pipeline.run.ready
  const client = new SecretsManagerClient({ credentials, region, endpoint: endpoints.secretsmanager })
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: secrets[id] }))).SecretString
  } finally {
    client.destroy()
  }
}

test('waits for the function, shows the credential to make, and refuses an empty input', async () => {
  const command = connect([source.id])
  await command.until('has not run yet')
  await source.tick()
  const { code, printed } = await command.end()
  expect(printed).toContain('Needed at the provider: GitHub Enterprise Cloud or GitHub Enterprise Server.')
  expect(printed).toContain('Make a classic personal access token. Needed: Owner of the organization')
  expect(printed).toMatch(/Select scopes +read:audit_log\n/)
  // The settings name an organization.
  expect(printed).not.toContain('Administrator of the enterprise')
  expect(printed).toContain(`pass it on stdin, as in npm run connect -- ${source.id} < FILE`)
  expect(code).toBe(1)
})

test.each([
  ['an example', 'ghp_xxxx', /example or a placeholder/],
  ['broken JSON', '{"token": "marked', /cannot be read as JSON/],
  ['JSON without its members', '{"key": "marked"}', /lacks a member: it has to be \{"token": "…"\} or \{"appId"/],
  ['two lines', 'marked-one\nmarked-two', /a space or a line break/],
])('%s is not stored', async (_, stdin, message) => {
  const { code, printed } = await connect([source.id], stdin).end()
  expect(printed).toMatch(message)
  expect(printed).not.toContain('marked')
  expect(code).toBe(1)
  await expect(storedCredential(source.id)).rejects.toThrow(/can't find the specified secret value/)
})

test('a credential from stdin is stored, checked and used; Ctrl-C and again goes on until a row is there', async () => {
  const first = connect([source.id], `${github.credential}\n`)
  expect(await first.until('Waiting for the first event')).toMatch(/github\.audit: the credential works\./)
  first.interrupt()
  expect((await first.end()).code).toBe(3)
  expect(await storedCredential(source.id)).toBe(github.credential)

  const again = connect([source.id])
  const waiting = await again.until('Waiting for the first event')
  expect(waiting).toContain('The stored credential stays')
  expect(waiting).not.toContain('Select scopes')
  await source.insert({})
  await source.catchUp()
  const { code, printed } = await again.end()
  expect(printed).toMatch(/github-audit is connected: an event of .* is a row of github_audit\.\n/)
  expect(code).toBe(0)
  expect(first.printed() + printed + (await world.everythingWritten())).not.toContain(github.credential)
})

test('a refused credential is named, and the former one is put back', async () => {
  const other = world.sourceOf(anthropic)
  await other.tick()
  const wrong = `${anthropic.credential.slice(0, -4)}0000`
  const { code, printed } = await connect([other.id], wrong).end()
  expect(printed).toMatch(/anthropic\.activity: it does not work \([a-z-]+\): \S/)
  expect(printed).toContain('The former credential is back in the secret.')
  expect(printed).not.toContain(wrong)
  expect(code).toBe(1)
  expect(await storedCredential(other.id)).toBe(anthropic.credential)
  await eventually(
    () => other.run(),
    ({ outcome }) => outcome === 'done',
  )
})

test('a refused credential stays where the operator says so', async () => {
  const other = world.sourceOf(anthropic)
  const wrong = `${anthropic.credential.slice(0, -4)}1111`
  const { code, printed } = await connect([other.id, '--keep'], wrong).end()
  expect(printed).toContain('It stays in the secret all the same.')
  expect(code).toBe(1)
  expect(await storedCredential(other.id)).toBe(wrong)
  expect(await connect([other.id, '--no-wait'], anthropic.credential).end()).toMatchObject({ code: 0 })
})
