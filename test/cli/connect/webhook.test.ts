import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCommand } from '../../support/connect-command.ts'
import { hookSender } from '../../support/hooks.ts'
import { countRows, type Pipeline, startPipeline, webhookSettings } from '../../support/pipeline.ts'

let pipeline: Pipeline
beforeAll(async () => {
  pipeline = await startPipeline(webhookSettings)
  await pipeline.run.schedules.get('janitor')?.tick()
})
afterAll(() => pipeline.stop())

const connect = (args: readonly string[], stdin?: string) => connectCommand([...args, '--data', pipeline.data], stdin)

test('an event becomes the first row, a ping does not', async () => {
  const { url, post, secret } = hookSender(pipeline)
  const command = connect(['hooks'])
  const shown = await command.until('Waiting for the first event')
  expect(shown).toMatch(new RegExp(`Payload URL +${url}\n`))
  expect(shown).toMatch(/Content type +application\/json\n/)
  expect(shown).toContain('Repository rulesets')
  expect((await post('{"zen":"ping","hook_id":1,"hook":{}}', { 'x-github-event': 'ping' })).status).toBe(200)
  expect((await post('{"action":"created"}')).status).toBe(200)
  const { code, printed } = await command.end()
  expect(printed).toMatch(
    /hooks is connected: an event of \d{4}-.*Z, received \d{4}-.*Z, is a row of github_webhook\.\n/,
  )
  expect(printed).toContain(`npm run query -- --data ${pipeline.data} "select * from github_webhook where p_source_id`)
  expect(printed).not.toContain(secret)
  expect(code).toBe(0)
  expect(await countRows(pipeline.data, 'github_webhook')).toBe(1)
  expect((await connect(['hooks']).end()).printed).toContain('hooks is connected')
})

describe('the secret of a webhook', () => {
  test('is printed only if it is asked for', async () => {
    const { secret } = hookSender(pipeline, 'notebooks')
    const silent = connect(['notebooks', '--no-wait'])
    const asked = connect(['notebooks', '--no-wait', '--show-secret'])
    const { printed, code } = await silent.end()
    expect(printed).toMatch(/Auth header name +X-Test-Secret\n/)
    expect(printed).toMatch(/Auth header value +\(add --show-secret to see it\)\n/)
    expect(printed).not.toContain(secret)
    expect(code).toBe(0)
    expect((await asked.end()).printed).toMatch(new RegExp(`Auth header value +${secret}\n`))
  })
})

test('Ctrl-C leaves the wait, and the same command goes on', async () => {
  const first = connect(['other-hooks'])
  await first.until('Waiting for the first event')
  first.interrupt()
  expect(await first.end()).toMatchObject({ code: 3, printed: expect.stringContaining('Run the same command') })
  const again = connect(['other-hooks'])
  await again.until('Waiting for the first event')
  await hookSender(pipeline, 'other-hooks').post('{"action":"created"}')
  expect(await again.end()).toMatchObject({ code: 0, printed: expect.stringContaining('other-hooks is connected') })
})

test('an event that cannot become a row is told of', async () => {
  const command = connect(['notebooks'])
  await command.until('Waiting for the first event')
  const { url, secret } = hookSender(pipeline, 'notebooks')
  await fetch(url, { method: 'POST', body: 'no JSON', headers: { 'x-test-secret': secret } })
  expect(await command.until('could not become a row')).toContain("from open_failures where p_source_id = 'notebooks'")
  command.interrupt()
  expect((await command.end()).code).toBe(3)
})

test('the credential of a recovery is checked by its function', async () => {
  await pipeline.run.schedules.get('github-webhook-recovery')?.tick()
  const command = connect(['healing', '--recovery'], 'ghp_0123456789012345678901234567890123456789')
  const { code, printed } = await command.end()
  expect(printed).toContain('healing: Healing hooks (github-webhook, recovery)')
  expect(printed).toMatch(/it does not work \(no-egress\): 127\.0\.0\.1/)
  expect(printed).toContain('It stays in the secret, which was empty before.')
  expect(printed).not.toContain('ghp_0123456789')
  expect(code).toBe(1)
})

describe('a command line is refused', () => {
  test.each([
    ['without a source', [], /^Name a source/],
    ['with a credential', ['hooks', 'ghp_private'], /^Only the id of the source is an argument/],
    ['with a credential in an option', ['hooks', '--token=ghp_private'], /^An option is unknown/],
    ['with a source that is not there', ['ghp_private'], /^No source has this id\. .*healing, hooks, notebooks/],
    ['with the recovery of a source without one', ['notebooks', '--recovery'], /^notebooks has no recovery/],
  ])('%s', async (_, args, message) => {
    const { code, printed } = await connect(args).end()
    expect(printed).toMatch(message)
    expect(printed).not.toContain('private')
    expect(code).toBe(1)
  })
})
