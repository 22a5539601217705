import { ConfigError } from '../errors.ts'
import type { Checkable } from '../poll/check.ts'
import type { StreamBucket } from './bucket.ts'
import type { StreamConfiguration } from './stream.ts'

/**
 * The check of a stream into a bucket: whether the bucket can be listed, and what the provider says of its streams.
 * @param readConfiguration absent without a credential for the provider's record
 */
export function objectsCheck(
  stream: string,
  bucket: Pick<StreamBucket, 'list'>,
  readConfiguration?: () => Promise<readonly StreamConfiguration[]>,
): Checkable {
  return {
    stream,
    read: () => bucket.list(''),
    async check() {
      if (!readConfiguration) return {}
      const streams = await readConfiguration()
      const remarks = streams.flatMap(remarkOn)
      if (remarks.length < streams.length) return { remarks }
      throw new ConfigError(`No stream of the provider is on. ${remarks.join(' ')}`.trim(), { fault: 'api-off' })
    },
  }
}

function remarkOn({ id, destination, enabled, pausedAt }: StreamConfiguration): string[] {
  const named = `The provider's stream ${id} (${destination})`
  if (!enabled) return [`${named} is switched off.`]
  return pausedAt === undefined ? [] : [`${named} has been paused since ${new Date(pausedAt).toISOString()}.`]
}
