import { expect, test } from 'vitest'
import type { OptionValues } from '../../settings/settings.ts'
import { sourceFacts } from '../../settings/stack-facts.ts'

test('the facts of a webhook source say that it has a recovery, and nothing when it has none', () => {
  const source = (id: string, type: string, options: OptionValues) => ({ id, type, label: 'L', options })
  const recovery = { owner: 'octo-org', hookId: '1' }
  expect(
    sourceFacts(
      [
        source('a', 'github-webhook', { recovery }),
        source('b', 'github-webhook', {}),
        source('c', 'hex-webhook', { recovery }),
      ],
      (id) => id,
    ),
  ).toEqual({
    a: { type: 'github-webhook', label: 'L', secret: 'a', recovery: true },
    b: { type: 'github-webhook', label: 'L', secret: 'b' },
    c: { type: 'hex-webhook', label: 'L', secret: 'c' },
  })
})

test('the facts of a source name the stream it reads, if it does not read all', () => {
  const source = (id: string, options: Readonly<Record<string, string>>) => ({ id, type: 't', label: 'L', options })
  expect(
    sourceFacts(
      [source('a', {}), source('b', { logs: 'both', name: 'x' }), source('c', { logs: 'access-logs' })],
      (id) => id,
    ),
  ).toEqual({
    a: { type: 't', label: 'L' },
    b: { type: 't', label: 'L' },
    c: { type: 't', label: 'L', logs: 'access-logs' },
  })
})
