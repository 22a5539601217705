import { createHash } from 'node:crypto'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { arn, type Site } from './site.ts'

export function secret(declared: Declared, site: Site): ResourceValues {
  const name = declared.physicalName('Name')
  // Secrets Manager ends every ARN with six characters of its own; here they follow from the name, to stay the same.
  const suffix = createHash('sha256').update(name).digest('hex').slice(0, 6)
  const secretArn = arn(site, 'secretsmanager', `secret:${name}-${suffix}`)
  const { GenerateSecretString: generate, SecretString: secretString } = declared.properties
  site.gateway.secrets.ensureSecret({
    name,
    arn: secretArn,
    ...(generate === undefined ? {} : { generate: declared.object('GenerateSecretString').properties }),
    ...(secretString === undefined ? {} : { secretString: declared.text('SecretString') }),
  })
  return { ref: secretArn, attributes: { Id: secretArn } }
}
