import { describe, expect, test } from 'vitest'
import type { Decision, Grant } from '../../../local/aws/iam/decision-log.ts'
import type { OnBehalf } from './on-behalf.ts'
import { verdict } from './suite.ts'
import { summarize } from './summary.ts'

const lake = 'arn:aws:s3:::lake'
const ops = 'arn:aws:s3:::ops'
const write: Grant = {
  principal: 'writer-role',
  statement: 'Policy[0]',
  action: 's3:PutObject',
  resource: `${lake}/data/*`,
  condition: '',
}
const written: Decision = {
  time: '2026-11-20T00:00:00.000Z',
  principal: 'writer',
  action: 's3:PutObject',
  resource: `${lake}/data/a`,
  allowed: true,
  statement: 'Policy[0]',
}
const refused: Decision = { ...written, resource: `${lake}/tables/a`, allowed: false, statement: null }
const run = (grants: readonly Grant[], expectRefusals = false) => ({ grants, expectRefusals })
const log = (...entries: object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
const listed: OnBehalf = {
  principal: 'writer-*',
  action: 's3:PutObject',
  resource: `${lake}/*`,
  reason: 'because',
  documentation: 'https://example.com',
}

describe('over all runs', () => {
  test('counts calls without the operator’s, and ignores a truncated line', () => {
    const operators = { ...written, principal: 'operator', statement: 'operator' }
    const cut = '{"time":"2026-11-2\n'
    expect(summarize([log(run([write]), written, operators) + cut + log(written), log(written)], [])).toMatchObject({
      seen: 3,
    })
  })

  test('a line may stand for several calls', () => {
    expect(summarize([log(run([write]), written, { ...written, count: 41 })], [])).toMatchObject({ seen: 42 })
  })

  test('a grant used in one run counts as used under any number of its policy', () => {
    const renumbered = { ...write, statement: 'Policy[7]' }
    const other = log(run([renumbered]), { ...written, statement: 'Policy[7]' })
    expect(summarize([log(run([write])), other], []).unused).toEqual([])
  })

  test('what one polled source uses counts for all of them', () => {
    const of = (source: string): Grant => ({
      ...write,
      principal: `intakepolled${source}pollerrole1234abcd`,
      resource: `${ops}/state/${source}/*`,
    })
    const used = { ...written, principal: 'github-audit', resource: `${ops}/state/one/state.json` }
    expect(summarize([log(run([of('one')]), used), log(run([of('two')]))], []).unused).toEqual([])
    expect(summarize([log(run([of('two')]))], []).unused).toEqual([
      `role of a source that is fetched: s3:PutObject on ${ops}/state/<source>/*`,
    ])
  })

  test.each<[string, Partial<Decision>]>([
    ['another statement allowed it', { statement: 'Policy[1]' }],
    ['the statement’s other action was used', { action: 's3:GetObject' }],
    ['the statement’s other resource was used', { resource: `${lake}/tables/a` }],
    ['it was refused', { allowed: false }],
  ])('a grant is unused when %s', (_, difference) => {
    const { unused } = summarize([log(run([write]), { ...written, ...difference })], [])
    expect(unused).toEqual([`writer-role: s3:PutObject on ${lake}/data/*`])
  })

  test('grants with different conditions are two', () => {
    const conditional = { ...write, statement: 'Policy[1]', condition: 'StringLike s3:prefix a/*' }
    const { unused } = summarize([log(run([write, conditional]), written)], [])
    expect(unused).toEqual([`writer-role: s3:PutObject on ${lake}/data/* if StringLike s3:prefix a/*`])
  })

  test('one secret stands for all that a role may read', () => {
    const read = (name: string): Grant => ({
      ...write,
      action: 'secretsmanager:GetSecretValue',
      resource: `arn:aws:secretsmanager:us-east-1:0:secret:${name}`,
    })
    const { action, resource } = read('b')
    expect(summarize([log(run([read('a'), read('b')]), { ...written, action, resource })], []).unused).toEqual([])
    expect(summarize([log(run([read('a'), read('b')]))], []).unused).toEqual([
      'writer-role: secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:0:secret:*',
    ])
  })

  test('a refusal counts unless its run expected it', () => {
    expect(summarize([log(run([]), refused), log(run([], true), refused)], []).refused).toEqual([refused])
    // The next run in the same folder expects none.
    expect(summarize([log(run([], true), refused, run([]), refused)], []).refused).toEqual([refused])
  })

  test('permissions that services use on a role’s behalf are listed, and only those', () => {
    expect(summarize([log(run([write]))], [listed])).toMatchObject({ unused: [], wronglyListed: [] })
    expect(summarize([log(run([write]), written)], [listed])).toMatchObject({ unused: [], wronglyListed: [listed] })
    expect(summarize([log(run([]))], [listed])).toMatchObject({ unused: [], wronglyListed: [listed] })
  })
})

describe('at the end', () => {
  const summary = { seen: 12, refused: [], unused: [], wronglyListed: [] }

  test('one line reports success', () => {
    expect(verdict(summary, true)).toEqual({ text: 'permissions: 12 calls seen, 0 refused, 0 unused', problems: [] })
  })

  test('each refusal and each unused permission is a problem', () => {
    const { text, problems } = verdict({ ...summary, refused: [refused, refused], unused: ['a', 'b'] }, true)
    expect(text).toBe('permissions: 12 calls seen, 2 refused, 2 unused')
    expect(problems).toEqual([
      `refused: writer: s3:PutObject on ${lake}/tables/a`,
      expect.stringMatching(/^unused: a\. /),
      expect.stringMatching(/^unused: b\. /),
    ])
    expect(verdict({ ...summary, wronglyListed: [listed] }, true).problems).toHaveLength(1)
  })

  test('after a part of the tests no permission counts as unused, but refusals are problems', () => {
    const { text, problems } = verdict(
      { ...summary, refused: [refused], unused: ['a'], wronglyListed: [listed] },
      false,
    )
    expect(text).toBe('permissions: 12 calls seen, 1 refused, unused not judged, because only a part of the tests ran')
    expect(problems).toHaveLength(1)
  })
})
