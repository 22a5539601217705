import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { aimConsent, consentSources } from '../../local/sources.ts'
import { exampleGithubApp } from '../../simulators/github/oauth.ts'
import { exampleSlackApp } from '../../simulators/slack/oauth.ts'
import { startSlackServer } from '../../simulators/slack/server.ts'
import { browserPath, openBrowser } from '../support/browser.ts'
import { type ConnectCommand, connectCommand } from '../support/connect-command.ts'
import { hangMs } from '../support/hang.ts'
import { PolledPipeline, type PolledSource, type StreamFacts, streamOf } from '../support/polled.ts'
import { githubConsent, slackConsent } from '../support/shared-sources.ts'

/** From the command to the rows: a person consents in a browser, and types no credential anywhere. */

const hour = 3_600_000

const slack: StreamFacts = {
  ...streamOf('slack-audit'),
  async serve({ options: _, ...setUp }) {
    const app = { ...exampleSlackApp, rotates: true }
    const server = await startSlackServer({ ...setUp, shows: 'audit-logs', app })
    return { server, credential: '' }
  },
}
const github = streamOf('github-audit')

let world: PolledPipeline
let browser: Browser | undefined
beforeAll(async () => {
  world = await PolledPipeline.start([
    { id: slackConsent.id, facts: slack, filled: false },
    { id: githubConsent.id, facts: github, filled: false },
  ])
  const { run } = world.pipeline
  const clientSecrets = new Map([
    [slackConsent.id, exampleSlackApp.clientSecret],
    [githubConsent.id, exampleGithubApp.clientSecret],
  ])
  for (const consent of consentSources(run)) {
    run.gateway.secrets.fill(consent.clientSecretId, clientSecrets.get(consent.id) ?? '')
    aimConsent(consent, world.source(consent.id).provider.url)
  }
  // The stack's facts, and the note of each function.
  await run.schedules.get('janitor')?.tick()
  for (const id of clientSecrets.keys()) await world.source(id).tick()
  if (browserPath !== undefined) browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await world.stop()
})

/** What a person does on the provider's page. */
interface Choice {
  /** Radio buttons to choose, by value. */
  readonly choose?: string
  /** Scopes to leave out, by value. */
  readonly leaveOut?: string
  /** Text of the button. */
  readonly button: string
}

const linkIn = (printed: string): string => /http:\/\/127\.0\.0\.1:\d+\/oauth\/\S+/.exec(printed)?.[0] ?? ''

/** Starts the command, and opens its link as a person does. @returns the text of the last page */
async function consent(source: PolledSource, { choose, leaveOut, button }: Choice, args: readonly string[] = []) {
  const command = connectCommand([source.id, '--data', world.pipeline.data, ...args])
  const link = linkIn(await command.until('Waiting for the consent'))
  if (browser === undefined) throw new Error('there is no browser')
  const page = await browser.newPage()
  page.setDefaultTimeout(hangMs)
  onTestFinished(() => page.close())
  await page.goto(link)
  if (choose !== undefined) await page.check(`input[type=radio][value="${choose}"]`)
  if (leaveOut !== undefined) await page.uncheck(`input[type=checkbox][value="${leaveOut}"]`)
  await page.click(`button:has-text("${button}")`)
  await page.waitForURL(/\/oauth\/[^/]+\/callback/)
  return { command, link, page, shown: await page.textContent('body') }
}

/** Polls until the command has seen the first row. */
async function untilRow(source: PolledSource, command: ConnectCommand) {
  let isRunning = true
  const ended = command.end().finally(() => {
    isRunning = false
  })
  while (isRunning) {
    await source.insert({})
    await source.tick()
    world.advance(60_000)
    await Promise.race([ended, sleep(500)])
  }
  return await ended
}

const hasBrowser = browserPath !== undefined

describe.skipIf(!hasBrowser)('in a browser (skipped where there is none)', () => {
  test('Slack: link, consent, callback, rows', async () => {
    const source = world.source(slackConsent.id)
    const { command, link, page, shown } = await consent(source, { choose: 'organization', button: 'Allow' })
    expect(shown).toContain('AuditLake has stored the credential')
    const { code, printed } = await untilRow(source, command)
    expect(printed).toContain('the credential works and is stored')
    expect(code).toBe(0)
    const everything = printed + (await world.everythingWritten())
    for (const secret of ['xoxp', 'xoxe', exampleSlackApp.clientSecret]) expect(everything).not.toContain(secret)
    // The link works once.
    await page.goto(link)
    expect(await page.textContent('body')).toContain('used already')
  })

  test('Slack: the token is renewed at half of its life, again and again, and no event is late', async () => {
    const source = world.source(slackConsent.id)
    for (let halves = 0; halves < 4; halves++) {
      world.advance(6.5 * hour)
      const ids = await source.insert({ count: 3 })
      await source.catchUp()
      expect(await source.missing(ids)).toEqual([])
      expect(source.lastResult()).toMatchObject({ outcome: 'done' })
    }
  })

  test.each([
    ['another organization', { choose: 'other-organization', button: 'Allow' }, /enterpriseId names E0EXAMPLE1/],
    ['a workspace in place of the organization', { choose: 'workspace', button: 'Allow' }, /choose the organization/],
    ['fewer scopes', { leaveOut: 'auditlogs:read', button: 'Allow' }, /auditlogs:read was left out/],
    ['no consent', { button: 'Cancel' }, /did not consent/],
  ])('Slack: %s changes nothing, and the command says why', async (_what, choice, says) => {
    const source = world.source(slackConsent.id)
    const { command, shown } = await consent(source, choice, ['--replace'])
    expect(shown).toContain('stored nothing')
    const { code, printed } = await command.end()
    expect(printed).toMatch(says)
    expect(code).toBe(1)
    const ids = await source.insert({ count: 2 })
    await source.catchUp()
    expect(await source.missing(ids)).toEqual([])
  })

  test('Slack: after a refused renewal, another consent connects the source', async () => {
    const source = world.source(slackConsent.id)
    await fetch(`${source.provider.url}/_app`, { method: 'POST', body: '{"uninstall": "token_revoked"}' })
    world.advance(6.5 * hour)
    await source.tick()
    expect(source.lastResult()).toMatchObject({ outcome: 'credentials' })
    expect(await world.everythingWritten()).toContain('does not renew the token (invalid_refresh_token)')
    const { command } = await consent(source, { choose: 'organization', button: 'Allow' }, ['--replace', '--no-wait'])
    const { code, printed } = await command.end()
    expect(printed).toContain('the credential works.')
    expect(code).toBe(0)
  })

  test('GitHub: link, consent, callback, rows', async () => {
    const source = world.source(githubConsent.id)
    const { command, shown } = await consent(source, { button: 'Authorize' })
    expect(shown).toContain('AuditLake has stored the credential')
    const { code, printed } = await untilRow(source, command)
    expect(code).toBe(0)
    expect(printed + (await world.everythingWritten())).not.toMatch(/gho_/)
  })
})
