import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { TransientError } from '../errors.ts'
import type { SecretStore } from '../ports.ts'
import type { CallBound } from './clients.ts'

/**
 * Secrets Manager, without a cache.
 * @param bound makes the limit of a call; none by default
 */
export function secretStore(client: SecretsManagerClient, bound: () => CallBound = () => ({})): SecretStore {
  return {
    async read(secretId, label) {
      try {
        const answer = await client.send(
          new GetSecretValueCommand({ SecretId: secretId, VersionStage: label }),
          bound(),
        )
        return { value: answer.SecretString ?? '', createdAt: answer.CreatedDate?.getTime() ?? 0 }
      } catch (cause) {
        if (cause instanceof ResourceNotFoundException) return undefined
        throw new TransientError('the secret cannot be read', { cause })
      }
    },
  }
}
