import { randomInt } from 'node:crypto'
import { isObject } from '../../json.ts'

/**
 * CloudFormation's `GenerateSecretString`, under its own names and with its defaults.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
export interface GenerateSecretString {
  /** Characters, default 32. */
  readonly PasswordLength?: number
  readonly ExcludeCharacters?: string
  readonly ExcludeLowercase?: boolean
  readonly ExcludeUppercase?: boolean
  readonly ExcludeNumbers?: boolean
  readonly ExcludePunctuation?: boolean
  readonly IncludeSpace?: boolean
  /** Default true: at least one character of every kind that is not excluded. */
  readonly RequireEachIncludedType?: boolean
  /** A JSON object into which the password goes under `GenerateStringKey`. Without both, the password is the secret. */
  readonly SecretStringTemplate?: string
  readonly GenerateStringKey?: string
}

/** @throws {Error} when no password can be as asked, or the template is no JSON object */
export function generateSecretString(options: GenerateSecretString): string {
  const password = generatePassword(options)
  const { SecretStringTemplate: template, GenerateStringKey: key } = options
  if (template === undefined && key === undefined) return password
  const object: unknown = JSON.parse(template ?? 'null')
  if (!isObject(object) || key === undefined) {
    throw new Error(
      'GenerateSecretString: SecretStringTemplate must be a JSON object, and GenerateStringKey be given too',
    )
  }
  return JSON.stringify({ ...object, [key]: password })
}

function generatePassword(options: GenerateSecretString): string {
  const { PasswordLength: length = 32, ExcludeCharacters: excluded = '', RequireEachIncludedType = true } = options
  const kinds = [
    options.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    options.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    options.ExcludeNumbers ? '' : '0123456789',
    options.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    options.IncludeSpace ? ' ' : '',
  ]
    .map((kind) => [...kind].filter((char) => !excluded.includes(char)))
    .filter((kind) => kind.length > 0)
  const required = RequireEachIncludedType ? kinds : []
  if (kinds.length === 0 || length < Math.max(1, required.length)) {
    throw new Error('GenerateSecretString: no password can have that length without those characters')
  }
  const all = kinds.flat()
  while (true) {
    const password = Array.from({ length }, () => all[randomInt(all.length)])
    if (required.every((kind) => kind.some((char) => password.includes(char)))) return password.join('')
  }
}
