import type { Config, SourceSettings } from './settings.ts'
import { oauthClientOf, recoveryOf, type SourceThing } from './source-names.ts'
import { sourceTypes } from './source-types.ts'

/** The secrets that a source can have, by the ends of their logical ids. */
export type SecretThing = Extract<SourceThing, 'Secret' | 'RecoverySecret' | 'ClientSecret'>

/** Which secrets a source has in the template. */
export function secretsOf(source: SourceSettings): readonly SecretThing[] {
  const type = sourceTypes.get(source.type)
  switch (type?.mode) {
    case 'webhook':
      return type.recovery && recoveryOf(source) ? ['Secret', 'RecoverySecret'] : ['Secret']
    case 'poll':
      return oauthClientOf(source) === undefined ? ['Secret'] : ['Secret', 'ClientSecret']
    case 'stream': {
      const { audience, configuration } = source.options
      // Without a secret, the other cloud trusts the role itself, or nothing asks the provider.
      const hasSecret = type.store === 'gcs' ? audience === undefined : configuration === 'watch'
      return hasSecret ? ['Secret'] : []
    }
    case undefined:
      return []
  }
}

const endings: Readonly<Record<SecretThing, string>> = {
  Secret: '',
  RecoverySecret: '.recovery',
  ClientSecret: '.client',
}

/** The key of a secret in the settings: the source's id, with `.recovery` or `.client` for a second secret. */
export const secretKey = (sourceId: string, what: SecretThing): string => `${sourceId}${endings[what]}`

/** The ARN of a secret that an earlier stack left; `undefined` for one that the stack makes. */
export function leftSecretArn(
  { secretArns = {} }: Pick<Config, 'secretArns'>,
  sourceId: string,
  what: SecretThing,
): string | undefined {
  const key = secretKey(sourceId, what)
  return Object.hasOwn(secretArns, key) ? secretArns[key] : undefined
}
