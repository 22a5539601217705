import { expect, test } from 'vitest'
import { minuteMs, type Statistic, statistics } from '../../../../local/aws/cloudwatch/metric.ts'
import { MetricStore } from '../../../../local/aws/cloudwatch/metric-store.ts'

const start = Date.parse('2026-11-20T12:00:00Z')
const metric = { namespace: 'N', name: 'Things', dimensions: { source: 'a', service: 'b' } }

function storeOf(...values: readonly (readonly [minute: number, value: number])[]): MetricStore {
  const store = new MetricStore()
  store.keep(metric, 60 * minuteMs)
  for (const [minute, value] of values) store.add({ ...metric, value, at: start + minute * minuteMs })
  return store
}

const read = (store: MetricStore, minutes: number, statistic: Statistic = 'Sum') =>
  store.read(metric, statistic, start, start + minutes * minuteMs)

test('data points of a period become one value by each statistic', () => {
  const store = storeOf([0, 4], [0.5, 2], [4.999, 9], [5, 100], [-0.001, 100])
  const values = statistics.map((statistic) => [statistic, read(store, 5, statistic)])
  expect(Object.fromEntries(values)).toEqual({ Sum: 15, Maximum: 9, Minimum: 2, SampleCount: 3 })
  expect(read(storeOf([7, 1]), 5)).toBeUndefined()
})

test('a metric is known by its dimensions, in any order', () => {
  const store = storeOf([0, 1])
  store.add({ ...metric, dimensions: { service: 'b', source: 'a' }, value: 2, at: start })
  for (const dimensions of [{}, { source: 'a' }, { source: 'a', service: 'c' }]) {
    store.add({ ...metric, dimensions, value: 50, at: start })
    expect(store.read({ ...metric, dimensions }, 'Sum', start, start + minuteMs)).toBeUndefined()
  }
  expect(read(store, 1)).toBe(3)
})

test('only minutes that an alarm can read are kept, also when the clock is set back', () => {
  const store = storeOf()
  for (const base of [100_000, 0]) {
    for (let minute = base; minute < base + 5_000; minute++) {
      store.add({ ...metric, value: 1, at: start + minute * minuteMs })
    }
  }
  const all = store.read(metric, 'Sum', start - 1e6 * minuteMs, start + 1e6 * minuteMs)
  expect(all).toBeLessThanOrEqual(60 + 1_440 + 1)
  expect(store.read(metric, 'Sum', start + 4_940 * minuteMs, start + 5_000 * minuteMs)).toBe(60)
})
