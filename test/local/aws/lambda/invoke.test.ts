import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, onTestFinished, test } from 'vitest'
import { Permissions } from '../../../../local/aws/iam/permissions.ts'
import { operator } from '../../../../local/aws/iam/principals.ts'
import type { Outcome } from '../../../../local/aws/lambda/invocation.ts'
import { startStack } from '../../../support/clients.ts'

const event = (value: object) => Buffer.from(JSON.stringify(value))

/** A gateway with one function that answers so, and clients of these callers. */
async function startFunction(outcome: Outcome, callers: readonly string[]) {
  const events: unknown[] = []
  const invoke = async (one: unknown) => {
    events.push(one)
    return outcome
  }
  const permissions = new Permissions({ accountId: '000000000000' })
  const { gateway } = await startStack({
    interceptors: [permissions.interceptor],
    functions: new Map([['poller', { invoke }]]),
  })
  const clients = callers.map((caller) => {
    const { accessKeyId, secretAccessKey } = gateway.principals.create(caller)
    const credentials = { accessKeyId, secretAccessKey }
    return new LambdaClient({ endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  })
  onTestFinished(() => {
    for (const client of clients) client.destroy()
  })
  return { events, clients, gateway }
}

test('the operator calls a function and gets its answer', async () => {
  const { clients, events } = await startFunction({ ok: true, payload: '{"a":1}' }, [operator])
  const [client] = clients
  const answer = await client?.send(new InvokeCommand({ FunctionName: 'poller', Payload: event({ b: 2 }) }))
  expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
  expect(answer?.FunctionError).toBeUndefined()
  expect(answer?.Payload?.transformToString()).toBe('{"a":1}')
  expect(events).toEqual([{ b: 2 }])
})

test('a throttled call is refused', async () => {
  const error = { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' }
  const { clients } = await startFunction({ ok: false, error }, [operator])
  const answer = clients[0]?.send(new InvokeCommand({ FunctionName: 'poller', Payload: event({}) }))
  await expect(answer).rejects.toMatchObject({
    name: 'TooManyRequestsException',
    message: 'Rate Exceeded.',
    $metadata: { httpStatusCode: 429 },
  })
})

test('the failure of a function is an answer with its error', async () => {
  const error = { errorType: 'ConfigError', errorMessage: 'apiUrl is not a URL' }
  const { clients } = await startFunction({ ok: false, error }, [operator])
  const answer = await clients[0]?.send(new InvokeCommand({ FunctionName: 'poller', Payload: event({}) }))
  expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
  expect(JSON.parse(answer?.Payload?.transformToString() ?? '')).toMatchObject(error)
})

test('the credentials of a function are refused, as on AWS', async () => {
  const { clients, events } = await startFunction({ ok: true, payload: 'null' }, ['poller'])
  await expect(
    clients[0]?.send(new InvokeCommand({ FunctionName: 'poller', Payload: event({}) })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:poller',
    ),
    $metadata: { httpStatusCode: 403 },
  })
  expect(events).toEqual([])
})

test('an unknown function, an unknown caller and what is not implemented are refused in the form of Lambda', async () => {
  const { clients, gateway } = await startFunction({ ok: true, payload: 'null' }, [operator])
  const [client] = clients
  await expect(client?.send(new InvokeCommand({ FunctionName: 'other', Payload: event({}) }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('function:other'),
  })
  const later = new InvokeCommand({ FunctionName: 'poller', Payload: event({}), InvocationType: 'Event' })
  await expect(client?.send(later)).rejects.toMatchObject({ message: expect.stringContaining('invocation type Event') })
  const credentials = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' }
  const stranger = new LambdaClient({ endpoint: gateway.url, region: 'us-east-1', credentials, maxAttempts: 1 })
  onTestFinished(() => stranger.destroy())
  await expect(stranger.send(new InvokeCommand({ FunctionName: 'poller' }))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  })
})
