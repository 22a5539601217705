import type { OAuthFacts, SourceOption, SourceType } from '../lambdas/connectors/manifest.ts'
import type {
  CredentialKind,
  ProviderForm,
  RecommendedEvent,
  SetUpFacts,
} from '../lambdas/connectors/manifest-set-up.ts'
import { code, paragraph, point, table } from '../schemas/compiler/markdown.ts'
import { type SourceThing, sourceName } from '../settings/source-names.ts'

/** How a source type is set up at its provider: what its manifest says, in the order in which one needs it. */
export function setUpLines({ mode, setUp, options, ...type }: SourceType): string[] {
  const recovery = 'recovery' in type ? type.recovery : undefined
  const group = 'recovery' in options ? options.recovery : undefined
  const ofRecovery = group?.kind === 'group' ? group.options : {}
  return [
    ...partLines(setUp, options, '###', 'oauth' in type && type.oauth ? consentLines(type.oauth) : []),
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

function partLines(
  { plan, forms = [], credentials = [], events = [], works }: SetUpFacts,
  options: Options,
  level: string,
  more: readonly string[] = [],
): string[] {
  const shown: readonly Shown[] = [
    ...forms.map((form) => ({ form, ends: [] })),
    ...credentials.map((form) => ({ form, ends: secretLines(form) })),
  ]
  const alike = Map.groupBy(shown, ({ form: { name, path, fields, page }, ends }) =>
    JSON.stringify([name, path, fields, page, ends]),
  )
  return [
    ...paragraph(`**Plan:** ${plan}.`),
    ...[...alike.values()].flatMap((group) => formLines(group, options, level)),
    ...more,
    ...(events.length === 0 ? [] : eventLines(events, level)),
    ...paragraph(`**How you know that it works:** ${works}`),
  ]
}

/** A form, and what follows its path. */
interface Shown {
  readonly form: ProviderForm
  readonly ends: readonly string[]
}

/** @param group forms that differ only in the role and in the sources for which they count */
function formLines(group: readonly Shown[], options: Options, level: string): string[] {
  const [first] = group
  if (first === undefined) return []
  const { name, path, fields, page } = first.form
  return [
    `${level} ${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
    '',
    ...group.flatMap((one) => point(roleText(one.form, options))),
    ...point(`Where: ${path.map((step) => `*${step}*`).join(' › ')}`),
    ...point(`The provider's page: <${page}>`),
    ...first.ends,
    '',
    ...table(
      ['field', 'value'],
      fields.map(({ field, value }) => [field, filled(value, options)]),
    ),
  ]
}

function roleText({ role, when = {} }: ProviderForm, options: Options): string {
  const conditions = Object.entries(when).map(([option, value]) => condition(option, value))
  const sources = conditions.length === 0 ? '' : `, for sources ${conditions.join(' and ')}`
  return `Role${sources}: ${filled(role, options)}`
}

const eventLines = (events: readonly RecommendedEvent[], level: string): string[] => [
  `${level} Events to choose`,
  '',
  ...table(
    ['in the form', 'in the rows', 'shows'],
    events.map(({ event, label, shows }) => [label, code(event), shows]),
  ),
]

const secretLines = ({ rights, alone, json }: CredentialKind): string[] => [
  ...(rights === undefined ? [] : point(`Scopes or permissions: ${rights}`)),
  ...point(
    `In the secret: ${[alone && 'the credential alone', json !== undefined && code(json)].filter(Boolean).join(', or ')}`,
  ),
]

const consentLines = ({ scopes, breadth, expects, appPage }: OAuthFacts): string[] => [
  '### By consent, in place of a credential by hand',
  '',
  ...point(
    'How: the option `oauth`, and a link that `npm run connect` prints ([A credential by consent](../oauth.md))',
  ),
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
function filled(value: string, options: Options): string {
  return value.replaceAll(/\{([a-z][A-Za-z]*)\}/g, (whole, name: string) => {
    const known = general[name]
    if (known !== undefined) return known
    const option = options[name]
    const preset = option && 'default' in option && typeof option.default === 'string' ? option.default : undefined
    if (preset !== undefined) return `${code(preset)} (option ${code(name)})`
    return whole === value ? `the option ${code(name)}` : `(option ${code(name)})`
  })
}
