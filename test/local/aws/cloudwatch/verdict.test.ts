import { expect, test } from 'vitest'
import type { Comparison, MissingData } from '../../../../local/aws/cloudwatch/alarm.ts'
import { judge, type Rules } from '../../../../local/aws/cloudwatch/verdict.ts'

const rules = (more: Partial<Rules> = {}): Rules => ({
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 0,
  comparison: 'GreaterThanThreshold',
  missingData: 'missing',
  periodSeconds: 300,
  metric: { namespace: 'N', name: 'Things', dimensions: {} },
  statistic: 'Sum',
  ...more,
})

const symbols: Readonly<Record<string, number | undefined>> = { '0': 0, X: 1 }
/** As the documentation draws five periods, oldest first: `0` does not breach, `X` does, `-` is missing. */
const drawn = (range: string) => range.split(' ').map((symbol) => symbols[symbol])
const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'] as const
const statesOf = (range: string, datapointsToAlarm: number) =>
  treatments.map((missingData) => judge(drawn(range), rules({ datapointsToAlarm, missingData })).state)

const unknown = 'INSUFFICIENT_DATA'
const kept = undefined

test.each([
  ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
  ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'OK', 'OK']],
  ['- - - - -', [unknown, kept, 'ALARM', 'OK']],
  ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['- - X - -', ['ALARM', kept, 'ALARM', 'OK']],
  ['X - - - -', ['ALARM', kept, 'ALARM', 'OK']],
  ['- - - - X', [unknown, kept, 'ALARM', 'OK']],
  ['- - - X -', [unknown, kept, 'ALARM', 'OK']],
])('3 out of 3: %s, as in the tables of the documentation', (range, states) => {
  expect(statesOf(range, 3)).toEqual(states)
})

test.each([
  ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - X -', ['ALARM', kept, 'ALARM', 'OK']],
  ['- - - - X', [unknown, kept, 'ALARM', 'OK']],
  ['X X X 0 0', ['OK', 'OK', 'OK', 'OK']],
])('2 out of 3: %s, as in the tables of the documentation', (range, states) => {
  expect(statesOf(range, 2)).toEqual(states)
})

test.each<[Comparison, string]>([
  ['GreaterThanThreshold', 'OK OK ALARM'],
  ['GreaterThanOrEqualToThreshold', 'OK ALARM ALARM'],
  ['LessThanThreshold', 'ALARM OK OK'],
  ['LessThanOrEqualToThreshold', 'ALARM ALARM OK'],
])('%s of 5 with 4, 5 and 6', (comparison, states) => {
  const one = rules({ comparison, threshold: 5, evaluationPeriods: 1, datapointsToAlarm: 1 })
  expect([4, 5, 6].map((value) => judge([undefined, undefined, value], one).state).join(' ')).toBe(states)
})

test.each<[string, MissingData, string]>([
  ['0 X X - X', 'missing', '3 of 3 values breach (1, 1, 1)'],
  ['- - X - -', 'breaching', '1 of 1 values breach (1), 2 without data (breaching)'],
  ['- - - - -', 'missing', '3 without data (missing)'],
])('the reason for %s', (range, missingData, end) => {
  const { reason } = judge(drawn(range), rules({ missingData }))
  expect(reason()).toBe(`Sum of N Things, alarm if > 0 in 3 of 3 periods of 300 s: ${end}`)
})
