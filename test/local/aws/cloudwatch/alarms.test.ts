import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Alarm, Comparison } from '../../../../local/aws/cloudwatch/alarm.ts'
import { Alarms } from '../../../../local/aws/cloudwatch/alarms.ts'
import { minuteMs } from '../../../../local/aws/cloudwatch/metric.ts'
import { MetricStore } from '../../../../local/aws/cloudwatch/metric-store.ts'
import { QueueMetrics } from '../../../../local/aws/cloudwatch/queue-metrics.ts'
import type { QueuedMessage } from '../../../../local/aws/sqs/sqs.ts'
import { RunClock } from '../../../../local/run-clock.ts'

const noon = Date.parse('2026-11-20T12:00:00Z')
beforeEach(() => void vi.useFakeTimers({ now: noon + 10_000 }))
afterEach(() => void vi.useRealTimers())

const metric = { namespace: 'N', name: 'Errors', dimensions: {} }

function alarmOf(more: Partial<Alarm> = {}): Alarm {
  return {
    name: 'errors',
    description: 'Something failed.',
    metric,
    statistic: 'Sum',
    periodSeconds: 60,
    threshold: 1,
    comparison: 'GreaterThanOrEqualToThreshold',
    ringsWithoutData: false,
    ...more,
  }
}

/** One alarm on a clock that a test shifts, and queues that hold these messages. */
function world(alarm: Alarm, messages: QueuedMessage[] = []) {
  const folder = mkdtempSync(path.join(tmpdir(), 'alarms-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'clock.json')
  const clock = new RunClock(file)
  const store = new MetricStore()
  const alarms = new Alarms(store, new QueueMetrics(store, { messages: () => messages }, clock), clock)
  alarms.add(alarm)
  return {
    alarms,
    rings: () => alarms.ringing().length > 0,
    count: (value: number, at = clock.now()) => store.add({ ...metric, value, at }),
    shift: (minutes: number) => {
      // What happened before the shift happened at another moment.
      vi.advanceTimersByTime(1)
      writeFileSync(file, JSON.stringify({ offsetMs: minutes * minuteMs }))
      clock.look()
    },
  }
}

describe('an alarm', () => {
  test('rings at once, until its data is older than the spare periods', () => {
    const { alarms, count, shift } = world(alarmOf())
    expect(alarms.ringing()).toEqual([])
    count(2)
    const ringing = [{ name: 'errors', description: 'Something failed.' }]
    expect(alarms.ringing()).toEqual(ringing)
    shift(2)
    expect(alarms.ringing()).toEqual(ringing)
    shift(3)
    expect(alarms.ringing()).toEqual([])
  })

  test('may not have the name of another', () => {
    const { alarms } = world(alarmOf())
    expect(() => alarms.add(alarmOf())).toThrow('there are two alarms called errors')
  })

  test('has periods that end with the minute', () => {
    const { count, shift, rings } = world(alarmOf({ periodSeconds: 300, threshold: 3 }))
    // A period that ended at a multiple of five minutes would hold only the last of them.
    count(1, noon + 7 * minuteMs)
    count(1, noon + 8 * minuteMs)
    count(1, noon + 11.9 * minuteMs)
    shift(11)
    expect(rings()).toBe(true)
    shift(12)
    expect(rings()).toBe(false)
  })

  test('goes by the latest period with data', () => {
    const { count, shift, rings } = world(alarmOf())
    const states = [0, 1, 0, 1].map((errors, minute) => {
      shift(minute)
      count(errors)
      return rings()
    })
    expect(states).toEqual([false, true, false, true])
  })

  test.each([true, false])('rings without data: %s', (ringsWithoutData) => {
    const silent = alarmOf({ ringsWithoutData, comparison: 'LessThanThreshold' })
    const { count, shift, rings } = world(silent)
    expect(rings()).toBe(ringsWithoutData)
    count(1)
    shift(2)
    expect(rings()).toBe(false)
    shift(3)
    expect(rings()).toBe(ringsWithoutData)
    count(0)
    expect(rings()).toBe(true)
  })

  test.each<[Comparison, boolean[]]>([
    ['GreaterThanOrEqualToThreshold', [false, true, true]],
    ['LessThanThreshold', [true, false, false]],
    ['LessThanOrEqualToThreshold', [true, true, false]],
  ])('%s of 5 with 4, 5 and 6', (comparison, wanted) => {
    const states = [4, 5, 6].map((value) => {
      const { count, rings } = world(alarmOf({ comparison, threshold: 5 }))
      count(value)
      return rings()
    })
    expect(states).toEqual(wanted)
  })

  test('goes on when the clock is set back', () => {
    const { count, shift, rings } = world(alarmOf())
    shift(100_000)
    count(1)
    expect(rings()).toBe(true)
    shift(0)
    expect(rings()).toBe(false)
    count(1)
    expect(rings()).toBe(true)
  })
})

describe('the age of the oldest message of a queue', () => {
  const age = alarmOf({
    metric: { namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', dimensions: { QueueName: 'work' } },
    statistic: 'Maximum',
    periodSeconds: 300,
    threshold: 900,
  })
  const message = (receives = 0): QueuedMessage => ({ since: Date.now(), receives })

  test('is that on the run’s clock', () => {
    const messages: QueuedMessage[] = []
    const { shift, rings } = world(age, messages)
    shift(60)
    vi.advanceTimersByTime(1_000)
    messages.push(message(), message())
    expect(rings()).toBe(false)
    shift(60 + 14)
    expect(rings()).toBe(false)
    shift(60 + 15)
    messages.splice(0, 1)
    expect(rings()).toBe(true)
    messages.splice(0)
    shift(60 + 100)
    expect(rings()).toBe(false)
  })

  test('leaves out a message that was received three times', () => {
    const messages = [message(3)]
    const other = message(2)
    const { shift, rings } = world(age, messages)
    shift(60)
    expect(rings()).toBe(false)
    messages.push(other)
    expect(rings()).toBe(true)
  })
})
