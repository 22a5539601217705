import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { TransientError } from '../errors.ts'
import type { SecretStore } from '../ports.ts'

/** Secrets Manager, without a cache. */
export function secretStore(client: SecretsManagerClient): SecretStore {
  return {
    async current(secretId) {
      const { SecretString } = await client
        .send(new GetSecretValueCommand({ SecretId: secretId }))
        .catch((cause: unknown) => {
          throw new TransientError('the secret cannot be read', { cause })
        })
      if (!SecretString) throw new TransientError('the secret is empty')
      return SecretString
    },
  }
}
