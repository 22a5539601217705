import { expect, test } from 'vitest'
import type { FoundCheck } from '../../../cli/ask-for-checks.ts'
import { consentStep } from '../../../cli/connect/consent-step.ts'
import { createDisplay } from '../../../cli/connect/display.ts'
import { targetOf } from '../../../cli/connect/target.ts'
import type { StackFacts } from '../../../settings/stack-facts.ts'
import { memoryStore } from '../../support/memory-stores.ts'
import { rememberingScreen } from '../../support/screen.ts'

const facts: StackFacts = {
  region: 'eu-west-1',
  buckets: { lake: 'lake', ops: 'ops' },
  queues: { records: '', recordsBulk: '', deadLetters: '' },
  database: 'auditlake',
  workgroup: 'AuditLake',
  webhooks: { url: 'https://api.example.com', secrets: 'arn:secret:' },
  oauthKeySecretId: 'arn:secret:key',
  sources: { slack: { type: 'slack-audit', label: 'Slack', clientSecret: 'client' } },
}

/** A source whose credential is given by consent. */
function world(stored: string | undefined, works: boolean) {
  const secrets = new Map([['arn:secret:key', 'k'.repeat(48)]])
  const screen = rememberingScreen({ isTTY: false })
  const leaving = new AbortController()
  const display = createDisplay(screen.stream, {})
  const checks: FoundCheck[] = [{ stream: 'slack.audit-logs', ok: works }]
  const now = () => Date.now()
  const step = () =>
    consentStep({
      installation: {
        facts,
        ops: memoryStore().store,
        now,
        secrets: {
          async read(id) {
            const value = secrets.get(id)
            return value === undefined ? undefined : { value, createdAt: 0 }
          },
        },
        async storeSecret(id, value) {
          secrets.set(id, value)
        },
      },
      target: targetOf(facts.sources, 'slack', false),
      ports: {
        read: async () => stored,
        readReplaced: async () => undefined,
        store: async () => {},
        check: async () => checks,
      },
      values: { facts: {}, others: {} },
      person: {
        isThere: true,
        given: async () => undefined,
        askFor: async () => ' client-secret-of-nobody ',
        askWhetherToKeep: async () => false,
      },
      display: { ...display, progress: (text) => text.startsWith('Waiting for the consent') && leaving.abort() },
      signal: leaving.signal,
      replace: false,
      asksForClientSecret: false,
      keep: false,
    })
  return { step, secrets, written: screen.written }
}

test('a credential that works needs no consent', async () => {
  const { step, written } = world('xoxp-stored', true)
  expect(await step()).toBe(true)
  expect(written()).not.toContain('https://')
})

test('else the client secret is asked for once, a link is shown, and leaving ends the wait', async () => {
  const { step, secrets, written } = world('xoxp-stored', false)
  expect(await step()).toBeUndefined()
  expect(secrets.get('arn:secret:client')).toBe('client-secret-of-nobody')
  expect(written()).toMatch(/\nhttps:\/\/api\.example\.com\/oauth\/slack\/start\?/)
  expect(written()).not.toContain('client-secret-of-nobody')
})
