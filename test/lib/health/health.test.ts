import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type AlarmId, alarmIds, alarmPlan, runbookLink } from '../../../settings/alarm-plan.ts'
import { loadConfig } from '../../../settings/load.ts'
import { ofType, polledSource, synthesize, text, twoSources } from '../../support/synthesized.ts'

const metricForm = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.object({ Name: z.string(), Value: z.unknown() }).array().default([]),
})

const alarmForm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  AlarmActions: z.unknown().array().length(1),
  OKActions: z.unknown().array().length(1),
  Threshold: z.number(),
  TreatMissingData: z.string(),
  ...metricForm.shape,
})

const alarmsOf = (config = loadConfig('audit-lake.yaml', { allowExamples: true })) =>
  ofType(synthesize(config).resources, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
    alarmForm.parse(Properties),
  )

/** The id of an alarm's kind, by its name. */
const kindOf = ({ AlarmName }: { AlarmName: string }): string => AlarmName.split(' ')[1] ?? ''

describe('the alarms of the shipped settings', () => {
  const alarms = alarmsOf()

  test('are of every kind, and tell the topic when they begin and end', () => {
    expect(new Set(alarms.map(kindOf))).toEqual(new Set(alarmIds))
    expect(
      new Set(alarms.flatMap(({ AlarmActions, OKActions }) => [...AlarmActions, ...OKActions]).map(text)).size,
    ).toBe(1)
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length)
  })

  test('say what they mean, and link their heading in the runbook', () => {
    const headings = readFileSync('docs/runbook.md', 'utf8').match(/^## .*$/gm) ?? []
    for (const id of alarmIds) {
      const { heading, meaning } = alarmPlan[id]
      expect(headings).toContain(`## ${heading}`)
      expect(heading.toLowerCase().replaceAll(' ', '-')).toBe(id)
      const said = alarms.filter((alarm) => kindOf(alarm) === id).map(({ AlarmDescription }) => AlarmDescription)
      expect(new Set(said)).toEqual(new Set([`${meaning} What to do: ${runbookLink(id)}`]))
    }
  })

  test('watch each source by its id', () => {
    const watched = alarms.filter((alarm) => alarmPlan[kindOf(alarm) as AlarmId].of === 'source')
    for (const alarm of watched) {
      expect(alarm.Dimensions).toEqual([
        { Name: 'service', Value: 'janitor' },
        { Name: 'source', Value: alarm.AlarmName.split(' ')[2] },
      ])
    }
    const ofKind = (id: AlarmId) =>
      watched.filter((alarm) => kindOf(alarm) === id).map(({ AlarmName }) => AlarmName.split(' ')[2])
    const all = loadConfig('audit-lake.yaml', { allowExamples: true }).sources.map(({ id }) => id)
    expect(ofKind('no-events')).toEqual(all)
    expect(ofKind('credential')).toEqual(all)
    expect(ofKind('failing')).toEqual(all.filter((id) => !['github-webhooks', 'hex-audit'].includes(id)))
    expect(ofKind('behind')).not.toContain('github-audit-stream')
  })

  test('watch every queue, of dead letters as well, but that of merges', () => {
    const { resources } = synthesize(loadConfig('audit-lake.yaml', { allowExamples: true }))
    const queues = ofType(resources, 'AWS::SQS::Queue').map(([id]) => id)
    const watched = alarms
      .filter((alarm) => kindOf(alarm) === 'queue-age')
      .flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => text(Value)))
    // What waits there is planned again, and merge-behind measures it.
    const others = queues.filter((id) => !/Merges/.test(id))
    expect(watched.sort()).toEqual(others.map((id) => `<${id}.QueueName>`).sort())
  })

  test('watch the errors of every function', () => {
    const functions = ofType(
      synthesize(loadConfig('audit-lake.yaml', { allowExamples: true })).resources,
      'AWS::Lambda::Function',
    )
    const ours = functions
      .map(([id]) => id)
      .filter((id) => /Function/.test(id) && !/^(?:CustomResource|BucketNotifications|LogRetention)/.test(id))
    const watched = alarms
      .filter((alarm) => kindOf(alarm) === 'function-errors')
      .flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => text(Value)))
    expect(watched.sort()).toEqual(ours.map((id) => `<${id}>`).sort())
  })
})

describe('the dashboard', () => {
  const pages = (dashboard: boolean) =>
    ofType(
      synthesize({ ...twoSources, sources: [polledSource], alarms: { ...twoSources.alarms, dashboard } }).resources,
      'AWS::CloudWatch::Dashboard',
    )

  test('is there when the settings say so, with what comes in, how late, what fails and what costs', () => {
    const [page, ...others] = pages(true)
    expect(others).toEqual([])
    const body = text(page?.[1].Properties.DashboardBody)
    for (const metric of [
      'EventsReceived',
      'RowsWritten',
      'HoursSinceLastEvent',
      'SecondsBehind',
      'Latency',
      'FailuresWritten',
      'Errors',
      'Duration',
      'Count',
    ])
      expect(body).toContain(metric)
    expect(body).toContain('github-log')
  })

  test('costs nothing where nobody asked for it', () => {
    expect(pages(false)).toEqual([])
  })
})

describe('no events', () => {
  const thresholds = (config: Parameters<typeof synthesize>[0]) =>
    Object.fromEntries(
      alarmsOf(config)
        .filter((alarm) => kindOf(alarm) === 'no-events')
        .map(({ AlarmName, Threshold, TreatMissingData }) => [AlarmName.split(' ')[2], [Threshold, TreatMissingData]]),
    )
  const config = {
    ...twoSources,
    sources: [
      polledSource,
      { ...polledSource, id: 'quiet', noEventsHours: 720 },
      { ...polledSource, id: 'any', noEventsHours: 0 },
    ],
  }

  test('ring after the hours of the source, else of all, and when nothing measures them', () => {
    expect(thresholds(config)).toEqual({ 'github-log': [24, 'breaching'], quiet: [720, 'breaching'] })
  })

  test('can be switched off for all', () => {
    expect(thresholds({ ...config, alarms: { ...config.alarms, noEventsHours: 0 } })).toEqual({
      quiet: [720, 'breaching'],
    })
  })
})
