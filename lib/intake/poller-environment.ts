import { apiUrlOption, oauthOption, webUrlOption } from '../../lambdas/connectors/manifest.ts'
import { apiUrlVariable, env, webUrlVariable } from '../../lambdas/functions/poller/env.ts'
import { asciiAddress, asciiJson } from '../../settings/ascii.ts'
import type { SourceSettings } from '../../settings/settings.ts'
import type { Surroundings } from './surroundings.ts'

/** The environment of a function that fetches one source. */
export function pollerEnvironment({
  source,
  delivery,
  opsBucket,
  lake,
  secretArn,
}: Pick<Surroundings, 'delivery' | 'opsBucket' | 'lake'> & {
  readonly source: SourceSettings
  /** Absent for a source without a secret. */
  readonly secretArn?: string | undefined
}): Record<string, string> {
  // How the credential comes in is no part of whose log it is, so it must not begin the log anew.
  const { [apiUrlOption]: apiUrl, [webUrlOption]: webUrl, [oauthOption]: _, ...options } = source.options
  const description = {
    ...options,
    id: source.id,
    label: source.label,
    ...(secretArn !== undefined && { secretId: secretArn }),
  }
  return {
    [env.sourceType]: source.type,
    [env.recordsQueueUrl]: delivery.records.queueUrl,
    [env.recordsBulkQueueUrl]: delivery.recordsBulk.queueUrl,
    [env.opsBucket]: opsBucket.bucketName,
    [env.lakeBucket]: lake.bucket.bucketName,
    [env.source]: asciiJson(description),
    ...(typeof apiUrl === 'string' && { [apiUrlVariable]: asciiAddress(apiUrl) }),
    ...(typeof webUrl === 'string' && { [webUrlVariable]: asciiAddress(webUrl) }),
  }
}
