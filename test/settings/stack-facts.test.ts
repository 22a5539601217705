import { expect, test } from 'vitest'
import { sourceFacts } from '../../settings/stack-facts.ts'

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
