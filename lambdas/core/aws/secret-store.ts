import { StoreError } from '../errors.ts'
import type { SecretStore, SecretWriter } from '../ports.ts'
import type { CallBound, Secrets } from './clients.ts'

/**
 * Secrets Manager, without a cache.
 * @param bound makes the limit of a call; none by default
 */
export function secretStore(secrets: Secrets, bound: () => CallBound = () => ({})): SecretStore {
  return {
    async read(secretId, label) {
      const { sdk, client } = await secrets()
      try {
        const answer = await client.send(
          new sdk.GetSecretValueCommand({ SecretId: secretId, VersionStage: label }),
          bound(),
        )
        return { value: answer.SecretString ?? '', createdAt: answer.CreatedDate?.getTime() ?? 0 }
      } catch (cause) {
        if (cause instanceof sdk.ResourceNotFoundException) return undefined
        throw new StoreError('the secret cannot be read', { cause })
      }
    },
  }
}

/**
 * Puts values into secrets of Secrets Manager. The SDK repeats a call under the same token, which makes no second
 * version.
 * @param bound makes the limit of a call; none by default
 */
export function secretWriter(secrets: Secrets, bound: () => CallBound = () => ({})): SecretWriter {
  return {
    async put(secretId, value) {
      const { sdk, client } = await secrets()
      const command = new sdk.PutSecretValueCommand({ SecretId: secretId, SecretString: value })
      await client.send(command, bound()).catch((cause: unknown) => {
        throw new StoreError('the secret cannot be stored', { cause })
      })
    },
  }
}
