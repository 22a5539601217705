import { expect, test } from 'vitest'
import type { Series } from '../../../../local/aws/cloudwatch/alarm.ts'
import { parseMath, valueIn } from '../../../../local/aws/cloudwatch/metric-math.ts'

const metric = (name: string): Series => ({
  kind: 'metric',
  metric: { namespace: 'N', name, dimensions: {} },
  statistic: 'Sum',
})
const named = new Map([
  ['m1', metric('m1')],
  ['m2', metric('m2')],
  ['none', metric('none')],
])
const values: Readonly<Record<string, number>> = { m1: 2, m2: 3 }
const parse = (expression: string) =>
  parseMath(expression, { byId: (id) => named.get(id), metrics: [...named.values()] })

test.each([
  ['m1', 2],
  ['m1+m2', 5],
  ['m1 + m2 + none', 5],
  ['none', undefined],
  ['none+none', undefined],
  ['SUM(METRICS())', 5],
  ['SUM([m1, none])', 2],
  ['FILL(none, 0)', 0],
  ['FILL(m1,7)', 2],
  ['FILL(none, 7) + FILL(m2, 0)', 10],
  ['SUM([FILL(none, 1), m1+m2])', 6],
])('%s is %s', (expression, value) => {
  const series = parse(expression)
  expect(series && valueIn(series, ({ metric: { name } }) => values[name])).toBe(value)
  expect(series).toBeDefined()
})

test.each([
  '',
  'm1-m2',
  'm1/m2',
  '100*m1',
  'm1+',
  'm9',
  'M1',
  'MAX(METRICS())',
  'SUM(m1)',
  'SUM(METRICS("m"))',
  'FILL(m1, REPEAT)',
  'FILL(m1)',
  'FILL(METRICS(), 0)',
  'RATE(m1)',
  'IF(m1 > 1, 1, 0)',
  "SEARCH('{N} m', 'Sum')",
])('"%s" is unknown', (expression) => {
  expect(parse(expression)).toBeUndefined()
})
