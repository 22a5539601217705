import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { expect, test } from 'vitest'
import { TransientError } from '../../../../lambdas/core/errors.ts'
import { noSecret } from '../../../../lambdas/core/poll/provider/kept-secret.ts'
import { parsePolledSource } from '../../../../lambdas/core/poll/source.ts'
import { ticksOf } from '../../../../lambdas/functions/poller/ticks.ts'
import { lakeInMemory } from '../../../support/lake-in-memory.ts'
import { memoryStore } from '../../../support/memory-stores.ts'

/** How many streams the function of a source with these options polls. */
async function countStreams(sourceType: string, options: object): Promise<number> {
  const refused = () => Promise.reject(new TransientError('not asked for'))
  const publisher = { publish: refused, publishResolutions: refused }
  const ticks = await ticksOf(sourceType, {
    source: parsePolledSource(JSON.stringify({ id: 'a', label: 'A', ...options }), 'SOURCE'),
    apiUrl: undefined,
    webUrl: undefined,
    secret: noSecret,
    http: () => Promise.reject(new TransientError('not asked for')),
    identity: { region: '', accessKeyId: '', secretAccessKey: '', sessionToken: '' },
    publisher,
    bulkPublisher: publisher,
    ops: memoryStore().store,
    lake: lakeInMemory([]).ports,
    logger: new Logger(),
    metrics: new Metrics(),
  })
  return ticks.length
}

test('a source polls the streams that its settings choose', async () => {
  const count = (logs: string) => countStreams('slack-workspace', { logs })
  expect([await count('both'), await count('access-logs'), await count('integration-logs')]).toEqual([2, 1, 1])
  expect(await countStreams('slack-audit', {})).toBe(1)
})
