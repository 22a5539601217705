import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject, parseJson } from '../../lambdas/core/json/json.ts'
import { compileNormalizer } from '../../lambdas/core/normalize/normalizer.ts'
import { apiUrlVariable } from '../../lambdas/functions/poller/env.ts'
import { recoveries } from '../../local/sources.ts'
import { githubWebhook } from '../../schemas/generated/github_webhook.ts'
import { type DeliveryServer, exampleHookToken, startDeliveryServer } from '../../simulators/github/deliveries.ts'
import { exampleHook } from '../../simulators/github/webhooks.ts'
import { allLogs, eventually, type Pipeline, startPipeline, webhookSettings } from '../support/pipeline.ts'

const minute = 60_000
const hour = 60 * minute

let pipeline: Pipeline
let server: DeliveryServer
/** How far the clocks of provider and functions are ahead of ours, in milliseconds. */
let ahead = 0
let recoverer = ''

beforeAll(async () => {
  server = await startDeliveryServer({
    owner: 'octocoders',
    now: () => Date.now() + ahead,
    receiver: { url: '', secret: '' },
  })
  pipeline = await startPipeline(webhookSettings, {
    prepare: (sources) => {
      for (const source of sources) source.function.surroundings.variables[apiUrlVariable] = server.url
    },
  })
  const { run } = pipeline
  for (const schedule of run.schedules.values()) schedule.stop()
  const own = recoveries(run).find(({ id }) => id === 'healing')
  recoverer = [...run.functions].find(([, one]) => one === own?.function)?.[0] ?? ''
  const { url = '', secretId = '' } = run.ready.webhooks.healing ?? {}
  server.log.receiver = { url, secret: run.gateway.secrets.current(secretId) }
  run.gateway.secrets.fill(run.ready.secrets['healing.recovery'] ?? '', exampleHookToken)
})
afterAll(async () => {
  await pipeline.stop()
  await server.stop()
})

function advance(ms: number): void {
  ahead += ms
  pipeline.run.shiftClock(ahead)
}

/** One run of the recovery, and the deliveries that it has caused. */
async function recover(): Promise<void> {
  expect(await pipeline.run.schedules.get(recoverer)?.tick()).toMatchObject({ ok: true })
  await server.log.settled()
  advance(minute)
}

/** An event with a body of about that many bytes: text beyond ASCII, or such that cannot be compressed. */
const large = (bytes: number, number: number) => ({
  action: 'opened',
  number,
  repository: { id: 4_242, full_name: 'octocoders/large' },
  issue: {
    id: 7,
    body: number === 0 ? randomBytes((bytes * 3) / 4).toString('base64') : 'größer als ein MB '.repeat(bytes / 20),
  },
  sender: { login: 'ada', id: 5150 },
})

const { normalize } = compileNormalizer(githubWebhook)

/** The row id of a delivery that arrives as a webhook. */
function rowIdOf({ guid, event, payload }: { guid: string; event: string; payload: unknown }): string {
  const parsed = parseJson(JSON.stringify(payload))
  const attributes = { p_webhook_event: event, p_webhook_delivery: guid, p_webhook_hook_id: String(exampleHook.id) }
  const context = { sourceId: 'healing', sourceLabel: '', receivedAt: 0, attributes }
  return String(normalize(isObject(parsed) ? parsed : {}, context).p_row_id)
}

/** GUIDs whose deliveries have neither arrived nor been refused for their size. */
function open(): string[] {
  const deliveries = Map.groupBy(server.log.listed(), ({ guid }) => guid)
  const isDone = ({ statusCode }: { statusCode: number }) => statusCode === 200 || statusCode === 413
  return [...deliveries].flatMap(([guid, all]) => (all.some(isDone) ? [] : [guid]))
}

describe('an endpoint that is down for an hour while 500 webhooks arrive, five of them too large', () => {
  // The fourth is small enough for Lambda's event and too long for our code, which leaves a failure.
  const longOnes = [6_300_000, 12_000_000, 20_000_000, 5_700_000].map(large)
  // The last is short, and has more values than our code takes.
  const largeOnes = [...longOnes, { ...large(100, 4), list: Array.from({ length: 100_001 }, (_, at) => at) }]

  test('has all rows after the recovery, each under the id that the webhook would have given it', async () => {
    server.log.isEndpointDown = true
    const payloads = [
      ...Array.from({ length: 496 }, (_, number) => ({ action: 'created', number, repository: { id: 4_242 } })),
      ...largeOnes,
    ]
    for (const payload of payloads) {
      await server.log.deliver('issues', payload)
      advance(hour / payloads.length)
    }
    const expected = server.log.listed().map(rowIdOf).sort()
    server.log.isEndpointDown = false

    // While the queues are down, the rows of the first run are put aside.
    const fault = pipeline.run.faults.add({ service: 'sqs', principal: recoverer, kind: 'fail' })
    await recover()
    fault.remove()
    for (let runs = 0; open().length > 0 && runs < 60; runs++) {
      await recover()
      // What our own stores refused is asked for again an hour later.
      if (runs % 12 === 11) advance(hour)
    }
    await recover()
    await recover()
    await pipeline.run.schedules.get('janitor')?.tick()

    const ask = () =>
      pipeline.query(`select distinct p_row_id from github_webhook where p_source_id = 'healing' order by p_row_id`)
    const rows = await eventually(ask, (found) => found.length >= expected.length)
    expect(rows.map((row) => row.p_row_id)).toEqual(expected)
  })

  test('asks for no event more than three times, and never again for one that is too large', () => {
    for (const deliveries of Map.groupBy(server.log.listed(), ({ guid }) => guid).values()) {
      expect(deliveries.length).toBeLessThanOrEqual(4)
      // The list is newest first.
      expect(deliveries.slice(1).some(({ statusCode }) => statusCode === 413)).toBe(false)
    }
  })

  test('keeps every byte of the large bodies', async () => {
    const found = await pipeline.query(
      `select length(issue) as size from github_webhook where p_source_id = 'healing' and issue is not null
       group by p_row_id, issue order by size`,
    )
    const lengths = largeOnes.map(({ issue }) => JSON.stringify(issue).length).sort((a, b) => a - b)
    expect(found.map(({ size }) => Number(size))).toEqual(lengths)
  })

  test('leaves no open failure: the recovered rows close those of the refused bodies', async () => {
    const failures = await pipeline.query(
      `select distinct p_row_id, reason, origin, resolves from classification_failures where p_source_id = 'healing'`,
    )
    const refused = failures.filter(({ reason }) => reason === 'too_large')
    expect(refused).toMatchObject([{ origin: 'webhook' }, { origin: 'webhook' }])
    for (const { p_row_id: resolves } of refused) {
      expect(failures).toContainEqual(expect.objectContaining({ origin: 'recovery', resolves }))
    }
    expect(failures).toHaveLength(4)
  })

  test('shows in collection_runs what was asked for and repaired', async () => {
    const [sums] = await pipeline.query(
      `select sum(asked) as asked, sum(repaired) as repaired, sum("new") as bodies from collection_runs
       where kind = 'recovery' and stream = 'github-webhook recovery'`,
    )
    expect({ repaired: Number(sums?.repaired), bodies: Number(sums?.bodies) }).toEqual({ repaired: 496, bodies: 5 })
    const requested = server.log.listed().filter(({ redelivery }) => redelivery)
    expect(Number(sums?.asked)).toBe(requested.length)
  })

  test('no log holds the token', async () => {
    const logs = await allLogs(pipeline.data)
    expect(logs).toContain('recovered')
    expect(logs).not.toContain(exampleHookToken)
  })
})
