import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Alarm } from '../../../../local/aws/cloudwatch/alarm.ts'
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
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 0,
    comparison: 'GreaterThanThreshold',
    missingData: 'notBreaching',
    actions: { alarm: [], ok: [] },
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
    state: () => alarms.evaluate()[0]?.state,
    standing: () => alarms.evaluate()[0],
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
  test('rings at once, and says since when and why until long after', () => {
    const { count, shift, standing } = world(alarmOf())
    expect(standing()).toMatchObject({ state: 'OK', since: noon + 10_000, values: [] })
    vi.advanceTimersByTime(5_000)
    count(2)
    const ringing = {
      name: 'errors',
      description: 'Something failed.',
      threshold: 0,
      actions: { alarm: [], ok: [] },
      state: 'ALARM',
      since: noon + 15_000,
      values: [2],
      reason: 'Sum of N Errors, alarm if > 0 in 1 of 1 periods of 60 s: 1 of 1 values breach (2)',
    }
    expect(standing()).toEqual(ringing)
    vi.advanceTimersByTime(5_000)
    expect(standing()).toEqual(ringing)
    // The last data is read again while it lies within the spare periods.
    shift(2)
    expect(standing()).toEqual(ringing)
    shift(60)
    expect(standing()).toMatchObject({ state: 'OK', since: noon + 4 * minuteMs, values: [] })
  })

  test('begins without data, and two may not have one name', () => {
    const { alarms, standing } = world(alarmOf({ missingData: 'missing' }))
    expect(standing()).toMatchObject({ state: 'INSUFFICIENT_DATA', since: noon + 10_000 })
    expect(() => alarms.add(alarmOf())).toThrow('there are two alarms called errors')
  })

  test('has periods that end with the minute', () => {
    const { count, shift, state } = world(alarmOf({ periodSeconds: 300, threshold: 2 }))
    // A period that ended at a multiple of five minutes would hold only the last of them.
    count(1, noon + 7 * minuteMs)
    count(1, noon + 8 * minuteMs)
    count(1, noon + 11.9 * minuteMs)
    shift(11)
    expect(state()).toBe('ALARM')
    shift(12)
    expect(state()).toBe('OK')
  })

  test('needs M of N periods', () => {
    const { count, shift, state } = world(alarmOf({ evaluationPeriods: 5, datapointsToAlarm: 3 }))
    const states = [1, 0, 1, 0, 1, 0, 0, 1].map((errors, minute) => {
      shift(minute)
      count(errors)
      return state()
    })
    expect(states).toEqual(['OK', 'OK', 'OK', 'OK', 'ALARM', 'OK', 'OK', 'OK'])
  })

  test('keeps a state that nobody looked at in time, if missing data is ignored', () => {
    const { count, shift, standing } = world(alarmOf({ missingData: 'ignore' }))
    count(1)
    shift(600)
    expect(standing()).toMatchObject({ state: 'ALARM', since: noon + minuteMs, values: [1] })
    count(0)
    expect(standing()).toMatchObject({ state: 'OK', values: [0] })
    shift(1_200)
    expect(standing()).toMatchObject({ state: 'OK', values: [0] })
  })

  test.each([
    ['breaching', 'ALARM'],
    ['missing', 'INSUFFICIENT_DATA'],
  ] as const)('without data that is %s goes to %s', (missingData, wanted) => {
    const silent = alarmOf({ missingData, comparison: 'LessThanThreshold', threshold: 1, evaluationPeriods: 3 })
    const { count, shift, state } = world({ ...silent, datapointsToAlarm: 3 })
    for (const minute of [0, 1, 2]) {
      shift(minute)
      count(1)
    }
    expect(state()).toBe('OK')
    shift(5)
    expect(state()).toBe('OK')
    shift(7)
    expect(state()).toBe(wanted)
  })

  test('goes on when the clock is set back', () => {
    const { count, shift, state } = world(alarmOf())
    shift(100_000)
    expect(state()).toBe('OK')
    shift(0)
    count(1)
    expect(state()).toBe('ALARM')
  })
})

describe('the metrics of a queue', () => {
  const watching = (name: string, more: Partial<Alarm>): Alarm =>
    alarmOf({
      metric: { namespace: 'AWS/SQS', name, dimensions: { QueueName: 'work' } },
      statistic: 'Maximum',
      ...more,
    })
  const message = (more: Partial<QueuedMessage> = {}): QueuedMessage => ({
    since: Date.now(),
    receives: 0,
    isVisible: true,
    ...more,
  })

  test('hold the age of the oldest message on the run’s clock, for each minute of its stay', () => {
    const age = watching('ApproximateAgeOfOldestMessage', {
      periodSeconds: 300,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      threshold: 900,
    })
    const messages: QueuedMessage[] = []
    const { shift, standing } = world(age, messages)
    shift(60)
    vi.advanceTimersByTime(1_000)
    messages.push(message(), message())
    expect(standing()).toMatchObject({ state: 'OK', values: [0] })
    shift(60 + 24)
    expect(standing()).toMatchObject({ state: 'OK', values: [888, 1_188, 1_440] })
    shift(60 + 40)
    expect(standing()).toMatchObject({ state: 'ALARM', values: [1_848, 2_148, 2_400] })
    messages.splice(0)
    shift(60 + 100)
    expect(standing()).toMatchObject({ state: 'OK', values: [] })
  })

  test('leave out the age of a message that was received three times', () => {
    const age = watching('ApproximateAgeOfOldestMessage', {})
    const messages = [message({ receives: 3 })]
    const other = message({ receives: 2, isVisible: false })
    const { shift, standing } = world(age, messages)
    shift(60)
    expect(standing()).toMatchObject({ state: 'OK', values: [] })
    messages.push(other)
    expect(standing()).toMatchObject({ state: 'ALARM', values: [3_600] })
  })

  test('count the messages that can be received, and none as zero', () => {
    const messages = [message(), message(), message({ isVisible: false })]
    const { standing } = world(watching('ApproximateNumberOfMessagesVisible', {}), messages)
    expect(standing()).toMatchObject({ state: 'ALARM', values: [2] })
    messages.splice(0)
    expect(standing()).toMatchObject({ state: 'OK', values: [0] })
  })
})
