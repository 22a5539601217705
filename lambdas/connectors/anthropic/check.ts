import { ConfigError } from '../../core/errors.ts'
import { isPlainObject, plainObjectIn } from '../../core/json/forms.ts'
import type { Checked } from '../../core/poll/stream.ts'
import type { AnthropicClient } from './client.ts'

/**
 * Checks that the Compliance API is switched on. While it is off, the feed can be read and nothing new is recorded.
 * Keys that may not ask, such as Compliance Access Keys, find out nothing.
 * https://platform.claude.com/docs/en/api/admin/organization/compliance_settings
 * @throws {ConfigError} when it is off
 */
export async function checkEnabled(client: AnthropicClient): Promise<Checked> {
  const { answer } = await client.get('organizations/compliance_settings')
  const { state } = answer.status === 200 ? (plainObjectIn(answer.bytes) ?? {}) : {}
  if (!isPlainObject(state) || typeof state.type !== 'string' || state.type === 'enabled') return {}
  throw new ConfigError(
    'Anthropic activity feed: the Compliance API is not enabled, so nothing new is recorded. An administrator of the ' +
      'organization switches it on in the Console',
    { fault: 'api-off' },
  )
}
