import { describe, expect, test } from 'vitest'
import { verdict, verifyJson, verifyText } from '../../../cli/verify/render.ts'
import type { Verified } from '../../../cli/verify/verified.ts'
import { type Verifiable, verifySources } from '../../../cli/verify/verify.ts'
import { functionNoteKey } from '../../../lambdas/core/function-note.ts'
import type { StackFacts } from '../../../settings/stack-facts.ts'
import { memoryStore } from '../../support/memory-stores.ts'

/** A stack with one polled source and one webhook, whose function answers so. */
function stackOf(call: Verifiable['call'], webhooks?: StackFacts['webhooks']) {
  const { store, objects } = memoryStore()
  objects.set(functionNoteKey('log'), Buffer.from('{"functionName":"poller-log"}'))
  const facts: StackFacts = {
    region: 'us-east-1',
    buckets: { lake: 'lake', ops: 'ops' },
    queues: { records: '', recordsBulk: '', deadLetters: '' },
    database: '',
    workgroup: '',
    ...(webhooks && { webhooks }),
    sources: {
      log: { type: 'github-audit', label: 'Log' },
      hooks: { type: 'github-webhook', label: 'Hooks' },
    },
  }
  return { facts, ops: store, objects, call, secrets: { read: async () => undefined } }
}

const never = async () => {
  throw new Error('AccessDenied')
}

describe('a source whose function', () => {
  test('answers is what the function says, asked by its name for a check', async () => {
    const asked: unknown[] = []
    const checks = [{ stream: 'github.audit', ok: false, fault: 'new-fault', says: 'no', later: 1 }]
    const stack = stackOf(async (...call) => {
      asked.push(call)
      return { checks }
    })
    expect(await verifySources(stack, 'log')).toEqual([
      {
        source: 'log',
        type: 'github-audit',
        label: 'Log',
        stream: 'github.audit',
        ok: false,
        fault: 'new-fault',
        says: 'no',
      },
    ])
    expect(asked).toEqual([['poller-log', { auditlake: 'check' }]])
  })

  test.each([
    ['cannot be called', never, 'cannot be called: AccessDenied'],
    ['is older than the command', async () => undefined, 'older than this command'],
  ])('%s is reported', async (_what, call, says) => {
    expect(await verifySources(stackOf(call), 'log')).toMatchObject([
      { ok: false, says: expect.stringContaining(says) },
    ])
  })

  test('has never run is reported', async () => {
    const stack = stackOf(never)
    stack.objects.clear()
    expect(await verifySources(stack, 'log')).toMatchObject([
      { ok: false, says: expect.stringContaining('has not run yet') },
    ])
  })
})

test('a webhook of a stack that does not say its URL, and one whose secret is empty', async () => {
  expect(await verifySources(stackOf(never), 'hooks')).toMatchObject([
    { stream: 'webhook', ok: false, says: expect.stringContaining('deploy it again') },
  ])
  const stack = stackOf(never, { url: 'http://127.0.0.1:9', secrets: 'arn:' })
  const facts = { ...stack.facts, sources: { hooks: { type: 'github-webhook', label: 'Hooks', secret: 'Hooks-1' } } }
  expect(await verifySources({ ...stack, facts })).toMatchObject([
    { stream: 'webhook', ok: false, fault: 'placeholder', says: 'the secret arn:Hooks-1 is empty' },
  ])
})

test.each<[(boolean | null)[], string]>([
  [[], 'Everything works.'],
  [[true, true], 'Everything works.'],
  [[true, null], 'Everything works so far; 1 of 2 cannot be settled yet.'],
  [[true, false, null], '1 of 3 do not work.'],
])('the verdict on %j is: %s', (all, text) => {
  expect(verdict(all)).toBe(text)
})

describe('the text', () => {
  const now = Date.UTC(2026, 0, 15)
  const day = 86_400_000
  const one: Verified = { source: 'log', type: 'github-audit', label: 'Log', stream: 'github.audit', ok: true }
  const lines = (...all: Verified[]) => [...verifyText(all, now)]

  test('names what works, and when a credential expires', () => {
    expect(
      lines({ ...one, expiresAt: now + 60 * day }, { ...one, expiresAt: now + 3 * day, remarks: ['So.'] }),
    ).toEqual([
      'log (github.audit): works',
      '  The credential expires at 2026-03-16T00:00:00.000Z.',
      'log (github.audit): works',
      '  The credential expires at 2026-01-18T00:00:00.000Z, in 3d: MAKE A NEW ONE SOON.',
      '  So.',
    ])
  })

  test('names the fault, what was said and what to do, and lets no provider write to the terminal', () => {
    expect(lines({ ...one, ok: false, fault: 'sso', says: 'line\n\u001b[2Jand more' }, one)).toEqual([
      'log (github.audit): DOES NOT WORK: sso, the credential is not authorized for single sign-on',
      '  line [2Jand more',
      '  Authorize it in its settings at the provider.',
      'log (github.audit): works',
    ])
    expect(lines({ ...one, ok: false, fault: 'new-fault' })[0]).toBe('log (github.audit): DOES NOT WORK: new-fault')
    expect(lines({ ...one, stream: '', ok: false })[0]).toBe('log: DOES NOT WORK')
  })

  test('has an object for each as JSON', () => {
    const [line = ''] = verifyJson([{ ...one, stream: '', ok: false, fault: 'plan', expiresAt: now }])
    expect(JSON.parse(line)).toEqual({
      source: 'log',
      type: 'github-audit',
      label: 'Log',
      stream: null,
      ok: false,
      fault: 'plan',
      says: null,
      remedy: expect.stringContaining('plan'),
      expiresAt: '2026-01-15T00:00:00.000Z',
      remarks: [],
    })
  })
})
