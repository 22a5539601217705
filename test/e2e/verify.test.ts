import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openInstallation } from '../../cli/installation.ts'
import { type BucketFinding, verifyBuckets } from '../../cli/verify/buckets.ts'
import type { Verified } from '../../cli/verify/verified.ts'
import { verifySources } from '../../cli/verify/verify.ts'
import type { Fault } from '../../lambdas/core/errors.ts'
import { eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'
import { PolledPipeline, type PolledSource, sourceOfEachFeed, streamOf } from '../support/polled.ts'
import { control } from '../support/provider.ts'

/** What `npm run verify` finds out about a source. */
async function verify(data: string, source?: string): Promise<Verified[]> {
  const installation = await openInstallation({ data })
  try {
    return await verifySources(installation, source)
  } finally {
    installation.close()
  }
}

/** What differs in the buckets of a stack. */
async function bucketDifferences(data: string): Promise<BucketFinding[]> {
  const installation = await openInstallation({ data })
  try {
    return (await verifyBuckets(installation)).filter(({ ok }) => !ok)
  } finally {
    installation.close()
  }
}

/** The command itself. */
async function command(data: string, ...args: string[]) {
  const file = join(import.meta.dirname, '../../cli/verify.ts')
  const child = spawn(process.execPath, [file, '--data', data, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { status, stdout, stderr }
}

/** How a source comes to a fault. */
interface Trouble {
  readonly title: string
  readonly type: string
  readonly fault: Fault
  /** Put into the secret in place of the credential that works. */
  readonly secret?: string
  /** The provider's next answer to a request of the feed. */
  readonly answer?: Readonly<Record<string, unknown>>
}

const refused = (status: number, message: string, headers: Readonly<Record<string, string>> = {}) => ({
  kind: 'status',
  status,
  headers,
  body: { message },
})
const anthropicError = (status: number, type: string) => ({
  kind: 'status',
  status,
  body: { type: 'error', error: { type, message: 'refused' } },
})

const slackError = (error: string, more: object = {}) => ({
  kind: 'status',
  status: 200,
  body: { ok: false, error, ...more },
})

const [github, anthropic, slack] = ['github-audit', 'anthropic-activity', 'slack-audit']

const troubles: readonly Trouble[] = [
  {
    title: 'a revoked token',
    type: github,
    fault: 'expired-or-revoked',
    secret: 'ghp_AnotherTokenOfNobody0123456789abcdef',
  },
  {
    title: 'a token without single sign-on',
    type: github,
    fault: 'sso',
    answer: refused(403, 'Resource protected by organization SAML enforcement.', {
      'x-github-sso': 'required; url=https://github.com/orgs/example-org/sso',
    }),
  },
  {
    title: 'a token without the scope',
    type: github,
    fault: 'scope',
    answer: refused(404, 'Not Found', { 'x-oauth-scopes': 'repo', 'x-accepted-oauth-scopes': 'read:audit_log' }),
  },
  {
    title: 'an app that the organization has not approved',
    type: github,
    fault: 'app-not-approved',
    answer: refused(403, 'the `example-org` organization has enabled OAuth App access restrictions'),
  },
  { title: 'a token of no owner', type: github, fault: 'role', answer: refused(403, 'Must have admin rights.') },
  { title: 'a wrong address', type: github, fault: 'settings', answer: { kind: 'redirect' } },
  { title: 'a connection that fails', type: github, fault: 'no-egress', answer: { kind: 'reset', times: 2 } },
  { title: 'an example in the secret', type: github, fault: 'placeholder', secret: '<token>' },
  {
    title: 'a key of the Messages API',
    type: anthropic,
    fault: 'wrong-key',
    secret: 'sk-ant-api03-simulated-key-of-nobody-0123456789',
  },
  {
    title: 'an API that is not enabled',
    type: anthropic,
    fault: 'api-off',
    answer: anthropicError(400, 'invalid_request_error'),
  },
  { title: 'a token of a bot', type: slack, fault: 'wrong-key', secret: 'xoxb-000000000000-ofNobody0123456789' },
  { title: 'a token that was revoked', type: slack, fault: 'expired-or-revoked', answer: slackError('token_revoked') },
  { title: 'a person who was deactivated', type: slack, fault: 'deactivated', answer: slackError('account_inactive') },
  { title: 'an organization without the log', type: slack, fault: 'plan', answer: slackError('feature_not_enabled') },
  {
    title: 'an app without the scope',
    type: slack,
    fault: 'scope',
    answer: slackError('missing_scope', { needed: 'auditlogs:read', provided: 'identify' }),
  },
  {
    title: 'an app that is installed on a workspace',
    type: slack,
    fault: 'wrong-organization',
    answer: slackError('team_not_authorized'),
  },
]

describe('sources that are fetched', () => {
  let world: PolledPipeline
  beforeAll(async () => {
    world = await PolledPipeline.start(sourceOfEachFeed)
    // The stack's facts, and the note of each function.
    await world.pipeline.run.schedules.get('janitor')?.tick()
    for (const { id } of sourceOfEachFeed) await world.source(id).tick()
  })
  afterAll(() => world.stop())

  const secretIdOf = ({ id }: PolledSource) => world.pipeline.run.ready.secrets[id] ?? ''

  test.each(sourceOfEachFeed)('$id works', async ({ id, facts }) => {
    const verified = await verify(world.pipeline.data, id)
    expect(verified.map(({ ok, says }) => ({ ok, says }))).toEqual(verified.map(() => ({ ok: true, says: undefined })))
    expect(verified.map(({ stream }) => stream)).toContain(facts.stream)
  })

  test('there are ten faults at least, each told from the others', () => {
    expect(new Set(troubles.map(({ fault }) => fault)).size).toBeGreaterThanOrEqual(10)
  })

  test.each(troubles)('$title: $fault', async ({ type, fault, secret, answer }) => {
    const source = world.sourceOf(streamOf(type))
    const before = source.stored()
    if (secret !== undefined) await world.operator.putSecret(secretIdOf(source), secret)
    if (answer !== undefined) await control(source.provider, { faults: [answer] })
    const [found] = await verify(world.pipeline.data, source.id)
    expect(found).toMatchObject({ source: source.id, type, ok: false, fault })
    expect(found?.says).not.toBe('')
    if (secret !== undefined) {
      expect(JSON.stringify(found)).not.toContain(secret)
      await world.operator.putSecret(secretIdOf(source), source.facts.credential)
    }
    expect(await verify(world.pipeline.data, source.id)).toMatchObject([{ ok: true }])
    expect(source.stored()).toEqual(before)
  })

  test('the command ends with 1 for a fault, names it with its remedy, and ends with 0 without one', async () => {
    const source = world.sourceOf(streamOf(github))
    const { data } = world.pipeline
    const works = await command(data, source.id)
    expect(works).toEqual({
      status: 0,
      stdout: `${source.id} (${source.facts.stream}): works\n\nEverything works.\n`,
      stderr: '',
    })
    await world.operator.putSecret(secretIdOf(source), 'hello')
    const broken = await command(data, source.id)
    expect(broken).toMatchObject({ status: 1, stderr: '' })
    expect(broken.stdout).toContain('DOES NOT WORK: placeholder, the secret is empty, or holds an example')
    const { status, stdout } = await command(data, source.id, '--json')
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({
      status: 1,
      source: source.id,
      stream: source.facts.stream,
      ok: false,
      fault: 'placeholder',
      remedy: 'Store the credential itself.',
    })
    await world.operator.putSecret(secretIdOf(source), source.facts.credential)
  })

  test('the buckets that the template makes are as it says', async () => {
    expect(await bucketDifferences(world.pipeline.data)).toEqual([])
  })

  test('an unknown source, one that has not run yet', async () => {
    const { data } = world.pipeline
    await expect(verify(data, 'github-audti')).rejects.toThrow(
      /^There is no source "github-audti"\. Did you mean github-audit\? There are /,
    )
    expect(await verify(data, 'github-audit-slow')).toMatchObject([
      { ok: false, says: expect.stringContaining('has not run yet') },
    ])
  })
})

describe('sources that are sent to', () => {
  let pipeline: Pipeline
  beforeAll(async () => {
    pipeline = await startPipeline(webhookSettings)
  })
  afterAll(() => pipeline.stop())

  test('webhooks and streams work and are left without rows, and a recovery has its own finding', async () => {
    const isReady = (found: readonly Verified[]) => found.length === 7 && found.every(({ stream }) => stream !== '')
    const found = await eventually(() => verify(pipeline.data).catch(() => []), isReady)
    expect(found.map(({ source, stream, ok, fault }) => ({ source, stream, ok, fault }))).toEqual([
      { source: 'foreign-stream', stream: 'github.audit-stream', ok: true, fault: undefined },
      { source: 'healing', stream: 'webhook', ok: true, fault: undefined },
      { source: 'healing', stream: 'github-webhook recovery', ok: false, fault: 'placeholder' },
      { source: 'hooks', stream: 'webhook', ok: true, fault: undefined },
      { source: 'notebooks', stream: 'webhook', ok: true, fault: undefined },
      { source: 'other-hooks', stream: 'webhook', ok: true, fault: undefined },
      { source: 'stream', stream: 'github.audit-stream', ok: true, fault: undefined },
    ])
    for (const table of ['github_webhook', 'hex_audit', 'classification_failures']) {
      expect(await pipeline.query(`select * from ${table}`)).toEqual([])
    }
  })

  test('the buckets that the template makes are as it says, beside those of streams', async () => {
    expect(await bucketDifferences(pipeline.data)).toEqual([])
  })
})
