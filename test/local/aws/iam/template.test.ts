import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { isObject, type JsonObject } from '../../../../local/json.ts'
import { type LocalRun, startLocal } from '../../../../local/run.ts'
import type { Assembly } from '../../../../local/template/assembly.ts'
import { provideAssembly } from '../../../../local/template/assembly-cache.ts'
import { githubEvents } from '../../../../simulators/github/payloads.ts'
import { postDelivery, signDelivery } from '../../../../simulators/github/webhooks.ts'
import { webhookSettings } from '../../../support/pipeline.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'permissions-'))
let assembly: Assembly
beforeAll(async () => {
  const config = path.join(folder, 'settings.yaml')
  writeFileSync(config, webhookSettings)
  assembly = await provideAssembly(path.join(folder, 'cdk.out'), { config })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The stack with some statements removed from its policies. */
function without(unwanted: (statement: JsonObject) => boolean): Assembly {
  const changed = (properties: JsonObject): JsonObject => {
    const { PolicyDocument: document } = properties
    if (!isObject(document) || !Array.isArray(document.Statement)) return properties
    const { Statement: statements } = document
    const kept = statements.filter((statement) => !isObject(statement) || !unwanted(statement))
    return { ...properties, PolicyDocument: { ...document, Statement: kept } }
  }
  return withResources((type, properties) => (type.includes('Policy') ? changed(properties) : properties))
}

/** The stack with other properties, or without a resource. */
function withResources(change: (type: string, properties: JsonObject) => JsonObject | undefined): Assembly {
  const resources = [...assembly.template.resources].flatMap(([id, resource]) => {
    const properties = change(resource.type, resource.properties)
    return properties === undefined ? [] : [[id, { ...resource, properties }] as const]
  })
  return { ...assembly, template: { ...assembly.template, resources: new Map(resources) } }
}

async function start(changed: Assembly): Promise<{ run: LocalRun; failures: string[]; dataDir: string }> {
  const dataDir = mkdtempSync(path.join(folder, 'data-'))
  const failures: string[] = []
  const run = await startLocal({
    assembly: changed,
    dataDir,
    simulators: false,
    expectRefusals: true,
    onFunctionFailure: (name, message) => failures.push(`${name}: ${message}`),
  })
  onTestFinished(() => run.stop())
  return { run, failures, dataDir }
}

async function send(run: LocalRun): Promise<number | undefined> {
  const { url = '', secretId = '' } = run.ready.webhooks.hooks ?? {}
  const [sent] = githubEvents.filter(({ event }) => event === 'push')
  const secret = run.gateway.secrets.current(secretId)
  return (await postDelivery(url, signDelivery({ event: 'push', payload: sent?.payload, secret }))).status
}

describe('permissions that the template lacks are refused on this machine, too:', () => {
  test('without the permission to list, a missing object of the lake is 403, as in S3, and the writer fails', async () => {
    const { run, failures, dataDir } = await start(without(({ Action }) => Action === 's3:ListBucket'))
    expect(await send(run)).toBe(200)
    const ofWriter = () => run.permissions.refused.filter(({ principal }) => principal === 'writer')
    await expect.poll(ofWriter).not.toEqual([])
    const lake = `arn:aws:s3:::${run.ready.buckets.lake}`
    const refused = ofWriter()
    expect(refused[0]).toMatchObject({ action: 's3:ListBucket', resource: lake, allowed: false, statement: null })
    expect(failures).toContainEqual(`writer: the template does not allow s3:ListBucket on ${lake}`)
    expect(readFileSync(path.join(dataDir, 'decisions.ndjson'), 'utf8')).toContain(JSON.stringify(refused[0]))
  })

  test('a function that API Gateway may not invoke is answered 500', async () => {
    const { run } = await start(
      withResources((type, properties) => (type === 'AWS::Lambda::Permission' ? undefined : properties)),
    )
    expect(await send(run)).toBe(500)
    expect(run.permissions.refused).toMatchObject([
      { principal: 'apigateway.amazonaws.com', action: 'lambda:InvokeFunction' },
    ])
  })

  test('a queue that its function may not read stays unread', async () => {
    const { run } = await start(without(({ Action }) => [Action].flat().includes('sqs:ReceiveMessage')))
    expect(await send(run)).toBe(200)
    await expect.poll(() => run.permissions.refused.map(({ action }) => action)).toContain('sqs:ReceiveMessage')
    expect(run.queueNames.map((name) => run.gateway.queues.counts(name).ready)).toContain(1)
  })

  test('a schedule whose role may not invoke the function does nothing', async () => {
    const { run } = await start(without(({ Action }) => Action === 'lambda:InvokeFunction'))
    const outcome = await run.schedules.get('janitor')?.tick()
    expect(outcome).toMatchObject({ ok: false, error: { errorType: 'AccessDeniedException' } })
    expect(run.functionNamed('janitor').pids).toEqual([])
  })

  test('a function does not start under a role that functions may not assume', async () => {
    const nobody = { AssumeRolePolicyDocument: { Statement: [] } }
    const changed = withResources((type, properties) =>
      type === 'AWS::IAM::Role' ? { ...properties, ...nobody } : properties,
    )
    await expect(start(changed)).rejects.toThrow(/Role should be a role of the template that functions may assume/)
  })

  test('an unknown condition is an error before anything runs', async () => {
    const changed = withResources((type, properties) => {
      if (type !== 'AWS::SQS::QueuePolicy') return properties
      const statement = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*', Condition: { Null: { a: true } } }
      return { ...properties, PolicyDocument: { Statement: [statement] } }
    })
    await expect(start(changed)).rejects.toThrow(/^\w+\[0\]: the local run does not know the condition key a/)
  })
})

describe('invocation settings of the template apply here:', () => {
  test('the maximum age of a tick, and no retry', async () => {
    const { run } = await start(assembly)
    expect(run.functionNamed('janitor').maxAgeSeconds).toBe(60)
    expect(await run.schedules.get('janitor')?.tick()).toEqual({ ok: true, payload: 'null' })
    expect(() => run.functionNamed('nobody')).toThrow(/^no function is called nobody; there are .*writer/)
  })

  test('a retry, which is unknown here, ends the start', async () => {
    const changed = withResources((type, properties) =>
      type === 'AWS::Lambda::EventInvokeConfig' ? { ...properties, MaximumRetryAttempts: 2 } : properties,
    )
    await expect(start(changed)).rejects.toThrow('(AWS::Lambda::EventInvokeConfig): MaximumRetryAttempts should be 0')
  })

  test('the throttle of a route', async () => {
    const DefaultRouteSettings = { ThrottlingBurstLimit: 1, ThrottlingRateLimit: 0.001 }
    const { run } = await start(
      withResources((type, properties) =>
        type === 'AWS::ApiGatewayV2::Stage' ? { ...properties, DefaultRouteSettings } : properties,
      ),
    )
    expect([await send(run), await send(run)]).toEqual([200, 429])
  })

  test.each(['cron(0 12 * * ? *)', 'rate(5 moments)', 'rate(0 minutes)'])(
    'the invalid rate %s is refused',
    async (rate) => {
      const changed = withResources((type, properties) =>
        type === 'AWS::Scheduler::Schedule' ? { ...properties, ScheduleExpression: rate } : properties,
      )
      await expect(start(changed)).rejects.toThrow('ScheduleExpression should be a rate')
    },
  )
})
