import { expect, onTestFinished, test } from 'vitest'
import type { JsonObject } from '../../local/json.ts'
import type { LocalRun } from '../../local/run.ts'
import { streamSources } from '../../local/sources.ts'
import { startWriters } from '../../local/stream-writers.ts'
import { ownBucket, queueFor, reader, runTemplate, userWithKey, webIdentityRole } from '../support/stream-template.ts'

const type = 'github-audit-stream-s3'
const github = {
  issuer: 'https://oidc-configuration.audit-log.githubusercontent.com',
  subject: 'https://github.com/Octo-Enterprise',
}
const stream = (bucket: string | JsonObject, options: JsonObject = { enterprise: 'Octo-Enterprise' }) =>
  reader(bucket, type, options)
const role = { StreamWriterRole: { 'Fn::GetAtt': ['Writer', 'Arn'] } }

async function startWriting(run: LocalRun, outputs: Record<string, string>) {
  const stop = await startWriters(streamSources(run), { ...run, outputs })
  onTestFinished(() => void stop())
  return stop
}

/** Waits for objects in the queue of the bucket, and returns the callers that put some. */
async function writersSeen(run: LocalRun): Promise<void> {
  await expect.poll(() => run.gateway.queues.counts('created').ready).toBeGreaterThan(3)
  expect(run.permissions.refused).toEqual([])
}

test('a provider that assumes the role of the stack writes into the bucket, until the run ends', async () => {
  const resources = { ...ownBucket(), ...webIdentityRole(undefined, github), ...stream({ Ref: 'Stream' }) }
  const run = await runTemplate(resources, { outputs: role, simulators: true })
  await writersSeen(run)
  expect(run.permissions.arnOf('stream-writer.web-identity')).toBe('arn:aws:iam::000000000000:role/stream-writer')
  await run.stop()
})

test('a provider with the key of a user writes with that key from the secret', async () => {
  const run = await runTemplate({ ...ownBucket(), ...userWithKey(), ...stream({ Ref: 'Stream' }) })
  const outputs = { StreamWriterKey: 'stream-key' }
  await startWriting(run, outputs)
  await writersSeen(run)
})

test('the owner of a bucket that the stack does not make writes into it', async () => {
  const queue = queueFor({ StringEquals: { 'aws:SourceAccount': '111111111111' } })
  const options = { enterprise: 'Octo-Enterprise', bucketAccount: '111111111111' }
  const run = await runTemplate({ ...queue, ...stream('foreign-logs', options) }, { simulators: true })
  await writersSeen(run)
  expect(run.permissions.arnOf('owner-of-foreign-logs')).toBe('arn:aws:iam::111111111111:root')
})

test.each<[string, JsonObject, JsonObject, string]>([
  [
    'whose role trusts another customer',
    { ...webIdentityRole(undefined, { ...github, subject: 'https://github.com/octo-enterprise' }) },
    { enterprise: 'Octo-Enterprise' },
    `the trust policy does not accept a token of ${github.issuer} for sts.amazonaws.com with the subject ${github.subject}`,
  ],
  ['without the name of its customer', webIdentityRole(), {}, 'lacks the option "enterprise"'],
])('a provider %s ends the start with the reason', async (_, identity, options, reason) => {
  const resources = { ...ownBucket(), ...identity, ...stream({ Ref: 'Stream' }, options) }
  await expect(runTemplate(resources, { outputs: role, simulators: true })).rejects.toThrow(reason)
})

test('a stack without the output for its provider is an error, and so is a secret without a key', async () => {
  const run = await runTemplate({ ...ownBucket(), ...stream({ Ref: 'Stream' }) })
  await expect(startWriting(run, {})).rejects.toThrow('source stream: the stack has no output with the identity')
  run.gateway.secrets.ensureSecret({ name: 'empty', arn: 'arn:empty', value: '{}' })
  await expect(startWriting(run, { StreamWriterKey: 'empty' })).rejects.toThrow('holds no access key')
})
