import type { OAuthFacts, SourceOption, SourceType } from '../lambdas/connectors/manifest.ts'
import type { CredentialKind, ProviderForm, SetUpFacts } from '../lambdas/connectors/manifest-set-up.ts'
import { code, point, table } from '../schemas/compiler/markdown.ts'
import { type SourceThing, sourceName } from '../settings/source-names.ts'

/** How a source type is set up at its provider: what its manifest says, in the order in which one needs it. */
export function setUpLines({ mode, setUp, options, ...type }: SourceType): string[] {
  const recovery = 'recovery' in type ? type.recovery : undefined
  const group = 'recovery' in options ? options.recovery : undefined
  const ofRecovery = group?.kind === 'group' ? group.options : {}
  return [
    ...partLines(setUp, options),
    ...('oauth' in type && type.oauth ? consentLines(type.oauth) : []),
    ...(mode === 'webhook' && recovery
      ? [
          '### A credential to recover failed deliveries',
          '',
          `It goes into the secret of the output ${output('RecoverySecretArn')}. One of these does:`,
          '',
          ...partLines(recovery.setUp, ofRecovery, '####'),
        ]
      : []),
  ]
}

type Options = Readonly<Record<string, SourceOption>>

function partLines({ plan, forms = [], credentials = [], events, works }: SetUpFacts, options: Options, level = '###') {
  return [
    ...point(`**Plan:** ${plan}`),
    '',
    ...forms.flatMap((form) => formLines(form, options, level, [])),
    ...credentials.flatMap((kind) => formLines(kind, options, level, secretLines(kind))),
    ...(events === undefined
      ? []
      : [
          `${level} Events to choose`,
          '',
          ...table(
            ['in the form', 'in the rows', 'shows'],
            events.map(({ event, label, shows }) => [label, code(event), shows]),
          ),
        ]),
    ...point(`**How you know that it works:** ${works}`),
    '',
  ]
}

function formLines(form: ProviderForm, options: Options, level: string, more: readonly string[]): string[] {
  const { name, role, path, fields, page, when = {} } = form
  return [
    `${level} ${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    '',
    ...Object.entries(when).flatMap(([option, value]) => point(`For sources ${condition(option, value)}`)),
    ...point(`Role: ${filled(role, options)}`),
    ...point(`Where: ${path.map((step) => `*${step}*`).join(' › ')}`),
    ...point(`The provider's page: <${page}>`),
    ...more,
    '',
    ...table(
      ['field', 'value'],
      fields.map(({ field, value }) => [field, filled(value, options)]),
    ),
  ]
}

const secretLines = ({ rights, alone, json }: CredentialKind): string[] => [
  ...(rights === undefined ? [] : point(`Scopes or permissions: ${rights}`)),
  ...point(
    `In the secret: ${[alone && 'the credential alone', json !== undefined && code(json)].filter(Boolean).join(', or ')}`,
  ),
]

const consentLines = ({ scopes, breadth, expects, appPage }: OAuthFacts): string[] => [
  '### By consent, in place of a credential by hand',
  '',
  ...point('How: the option `oauth`, and a link that `npm run connect` prints ([A credential by consent](../oauth.md))'),
  ...point(`Scopes that the person is asked for: ${scopes.map(code).join(', ')}, which allows ${breadth}`),
  ...point(`Option that names whose log it must be, and is then required: ${code(expects)}`),
  ...point(`Where to register the app: <${appPage}>`),
  '',
]

function condition(option: string, value: string | boolean): string {
  if (typeof value === 'string') return `with ${code(`${option}: ${value}`)}`
  return `${value ? 'with' : 'without'} the option ${code(option)}`
}

/** The name of an output, for a source of any id. */
const output = (what: SourceThing): string => code(sourceName('<Source>', what))

/** What the placeholders stand for that are no options. */
const general: Readonly<Record<string, string>> = {
  url: `the URL of the source (output ${output('WebhookUrl')})`,
  secret: `the secret of the source (its ARN is the output ${output('SecretArn')})`,
  region: 'the region of the deployment',
  writtenBucket: `the output ${output('StreamBucket')}`,
  writerRole: `the output ${output('WriterRole')}`,
  writerKeyId: `\`accessKeyId\` in the secret of the output ${output('WriterKey')}`,
  writerKeySecret: `\`secretAccessKey\` in the secret of the output ${output('WriterKey')}`,
}

/** A value of a form with its placeholders replaced by what they stand for. */
export function filled(value: string, options: Options): string {
  return value.replaceAll(/\{([a-z][A-Za-z]*)\}/g, (whole, name: string) => {
    const known = general[name]
    if (known !== undefined) return known
    const option = options[name]
    const preset = option && 'default' in option && typeof option.default === 'string' ? option.default : undefined
    if (preset !== undefined) return `${code(preset)} (option ${code(name)})`
    return whole === value ? `the option ${code(name)}` : `(option ${code(name)})`
  })
}
