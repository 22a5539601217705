import { createHash, randomInt } from 'node:crypto'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { arn, type Site } from './site.ts'

export function secret(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('Name')
  // Secrets Manager ends every ARN with six random characters; here they follow from the name, to stay the same.
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6)
  const secretArn = arn(site, 'secretsmanager', `secret:${name}-${suffix}`)
  const given = declared.optionalText('SecretString')
  const value =
    declared.properties.GenerateSecretString === undefined
      ? given
      : generatedSecret(declared.object('GenerateSecretString'))
  site.gateway.secrets.ensureSecret({ name, arn: secretArn, ...(value !== undefined && { value }) })
  return { ref: secretArn, attributes: { Id: secretArn } }
}

const lettersAndDigits = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** The stack generates one kind of secret; ignoring another option would give a secret of the wrong kind. */
export function generatedSecret(options: Declared): string {
  const { ExcludePunctuation: plain, PasswordLength: _, ...others } = options.properties
  if (plain !== true) options.invalid('ExcludePunctuation', 'true')
  for (const other of Object.keys(others)) options.refuse(other, 'it generates letters and digits only')
  const characters = Array.from({ length: options.number('PasswordLength', 32) }, () => lettersAndDigits[randomInt(62)])
  return characters.join('')
}
