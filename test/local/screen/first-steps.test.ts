import { expect, test } from 'vitest'
import type { Ready } from '../../../local/run.ts'
import { firstSteps } from '../../../local/screen/first-steps.ts'

const ready: Ready = {
  ready: true,
  simulated: false,
  region: 'us-east-1',
  credentials: { accessKeyId: 'key', secretAccessKey: 'nobody may see it' },
  endpoints: { s3: '', sqs: '', secretsmanager: '', lambda: '' },
  buckets: { stream: 'bucket' },
  webhooks: { hooks: { url: 'http://127.0.0.1:1/github-webhook/hooks', secretId: 'hooks-secret' } },
  oauth: { consented: 'http://127.0.0.1:1/oauth/consented' },
  secrets: { hooks: 'hooks-secret', polled: 'polled-secret', consented: 'consented-secret' },
  simulators: {},
}
const sources = ['hooks', 'polled', 'consented', 'stream']

test('without simulators, every source says how it is set up', () => {
  expect(firstSteps(ready, sources, { simulated: false, options: '--data here ' })).toEqual([
    'hooks: npm run connect -- --data here hooks sets it up; its URL is http://127.0.0.1:1/github-webhook/hooks',
    'polled: npm run connect -- --data here polled takes its credential',
    'consented: npm run connect -- --data here consented asks a person for consent',
    'stream: reads what its provider writes',
  ])
})

test('with simulators, a source with an address of its own is still set up by a person', () => {
  expect(firstSteps(ready, ['polled'], { simulated: true, options: '' })).toEqual([
    'polled: npm run connect -- polled takes its credential',
  ])
})

test('with simulators, every source says where its events come from', () => {
  const simulators = { polled: 'http://127.0.0.1:2', consented: 'http://127.0.0.1:3' }
  expect(firstSteps({ ...ready, simulators }, sources, { simulated: true, options: '' })).toEqual([
    'hooks: sent by a simulated provider to http://127.0.0.1:1/github-webhook/hooks',
    'polled: fetched from a simulated provider, http://127.0.0.1:2',
    'consented: fetched from a simulated provider, http://127.0.0.1:3',
    'stream: written by a simulated provider',
  ])
})
