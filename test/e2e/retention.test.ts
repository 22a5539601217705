import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type LocalRun, startLocal } from '../../local/run.ts'
import type { Assembly } from '../../local/template/assembly.ts'
import { provideAssembly } from '../../local/template/assembly-cache.ts'
import { eventually, query, type Workplace, webhookSettings, workplace } from '../support/pipeline.ts'

const day = 86_400_000
/** Read once, so that a midnight during the test moves no day. */
const today = Date.now()
const timeBefore = (days: number) => new Date(today - days * day).toISOString()
const dayBefore = (days: number) => timeBefore(days).slice(0, 10)

let place: Workplace
let assembly: Assembly
let run: LocalRun
beforeAll(async () => {
  place = await workplace(webhookSettings)
  assembly = await provideAssembly(join(place.data, 'cdk.out'), { config: place.config })
})
afterAll(async () => {
  await run.stop()
  await place.remove()
})

/**
 * The same stack with another retention for its functions; the local queries keep the range of the settings, 365 days.
 */
function withRetention({ template, ...others }: Assembly, days: number): Assembly {
  const resources = [...template.resources].map(([id, resource]) => {
    const properties = JSON.stringify(resource.properties).replaceAll(
      '"RETENTION_DAYS":"365"',
      `"RETENTION_DAYS":"${days}"`,
    )
    return [id, { ...resource, properties: JSON.parse(properties) }] as const
  })
  return { ...others, template: { ...template, resources: new Map(resources) } }
}

async function start(retention?: number): Promise<void> {
  const changed = retention !== undefined && { assembly: withRetention(assembly, retention) }
  run = await startLocal({ config: place.config, dataDir: place.data, simulators: false, ...changed })
  for (const schedule of run.schedules.values()) schedule.stop()
}

const janitor = async () => expect(await run.schedules.get('janitor')?.tick()).toMatchObject({ ok: true })

const daysOfRows = async () =>
  (await query(place.data, 'select dt, count(*)::int as rows from hex_audit group by dt order by dt')).map(
    ({ dt, rows }) => [String(dt).slice(0, 10), rows],
  )

/** Objects by key, with their age in days by the clock of the functions. */
const written = new Map<string, number>()
const lakeFolder = () => join(place.data, 's3', run.ready.buckets.lake ?? '')
async function lakeKeys(): Promise<string[]> {
  const entries = await readdir(lakeFolder(), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
}

/** Has an event of `age` days ago written when the clock shows `ago` days ago. */
async function collect(age: number, ago: number): Promise<void> {
  run.shiftClock(-ago * day)
  const before = new Set(await lakeKeys())
  const { url = '', secretId = '' } = run.ready.webhooks.notebooks ?? {}
  const headers = { 'content-type': 'application/json', 'X-Test-Secret': run.gateway.secrets.current(secretId) }
  const event = { action: `${age} ${ago}`, actor: {}, occurred_at: timeBefore(age) }
  const body = JSON.stringify({ event })
  const total = async () => (await query(place.data, 'select 1 as one from hex_audit')).length
  const known = await total()
  expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(200)
  await run.schedules.get('writer')?.tick()
  await eventually(total, (rows) => rows === known + 1)
  for (const key of await lakeKeys())
    if (!before.has(key) || key.includes(`dt=${dayBefore(age)}/symlink`)) written.set(key, ago)
}

const lifecycleForm = z.object({
  LifecycleConfiguration: z.object({
    Rules: z.object({ Prefix: z.string().optional(), ExpirationInDays: z.number().optional() }).array(),
  }),
})

/** What S3 does by the rules of the lake bucket, which the local run does not emulate. */
async function expireByAge(retention: number): Promise<void> {
  const rules = [...assembly.template.resources.values()].flatMap(({ properties }) => {
    return lifecycleForm.safeParse(properties).data?.LifecycleConfiguration.Rules ?? []
  })
  for (const [key, age] of written) {
    const rule = rules.find(({ Prefix }) => Prefix !== undefined && key.startsWith(join(lakeFolder(), Prefix)))
    if (age > (rule?.ExpirationInDays ?? 0) - 365 + retention) await rm(key, { force: true })
  }
}

test('a retention that is raised shows whole days only, and every query works', async () => {
  await start(30)
  // A retention counts once it has held for a week.
  run.shiftClock(-46 * day)
  await janitor()
  await collect(45, 45)
  await collect(20, 20)
  // A late row of the old day: its list is now much younger than its first file.
  await collect(45, 16)
  expect(await daysOfRows()).toEqual([
    [dayBefore(45), 2],
    [dayBefore(20), 1],
  ])
  run.shiftClock(0)
  await expireByAge(30)
  await janitor()
  expect(await daysOfRows()).toEqual([[dayBefore(20), 1]])
  await run.stop()

  await start()
  await janitor()
  await expireByAge(365)
  expect(await daysOfRows()).toEqual([[dayBefore(20), 1]])
})

test('files go as well, once no writer can be about to name them', async () => {
  const files = async () => (await lakeKeys()).filter((key) => key.endsWith('.parquet'))
  // The two of the day that had passed went with its list, because they were older than any writer's work.
  expect(await files()).toHaveLength(1)
  run.shiftClock(500 * day)
  await janitor()
  expect(await daysOfRows()).toEqual([])
  expect(await files()).toEqual([])
})
