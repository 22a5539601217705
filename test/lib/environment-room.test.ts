import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig, SettingsError } from '../../settings/load.ts'
import type { Config } from '../../settings/settings.ts'
import { environmentOf, ofType, type Resources, synthesize, text } from '../support/synthesized.ts'

const folder = mkdtempSync(join(tmpdir(), 'environment-room-'))
const file = join(folder, 'audit-lake.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

type Sources = (index: number) => { readonly id: string; readonly type: string; readonly label: string } & object

function settings(count: number, source: Sources, others: object): Config {
  const sources = Array.from({ length: count }, (_, index) => source(index))
  writeFileSync(file, JSON.stringify({ retentionDays: 3650, previousSecretHours: 168, ...others, sources }))
  return loadConfig(file, { allowExamples: true })
}

/** The most sources of a kind that the settings accept, and the problem of one more. */
function fullest(source: Sources, others: object): { config: Config; problem: string } {
  for (let count = 1, config = settings(1, source, others); ; count++) {
    try {
      config = settings(count, source, others)
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error
      return { config, problem: error.message }
    }
  }
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::Region': 'ap-southeast-1',
  'AWS::Partition': 'aws-us-gov',
  'AWS::AccountId': '123456789012',
}
const random = '123456789012'

/** The longest value of each kind of reference. */
const longest: Readonly<Record<string, (id: string) => string>> = {
  'AWS::S3::Bucket': (id) => `auditlake-${id.toLowerCase()}-${random}`.padEnd(63, 'x'),
  'AWS::SQS::Queue': (id) => `https://sqs.cn-northwest-1.amazonaws.com.cn/123456789012/AuditLake-${id}-${random}`,
  'AWS::SecretsManager::Secret': (id) =>
    `arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:${id}-${random}-123456`,
  'AWS::ApiGatewayV2::Api': () => 'https://abcdefghij.execute-api.ap-southeast-1.amazonaws.com.cn',
  'AWS::SNS::Topic': (id) => `arn:aws-us-gov:sns:us-gov-west-1:123456789012:AuditLake-${id}-${random}`,
  'AWS::Glue::Database': () => 'auditlake',
  'AWS::Athena::WorkGroup': () => 'AuditLake',
}

/** Bytes of each function's environment by Lambda's count: the JSON text of all variables together. */
function environments(resources: Resources): Map<string, number> {
  const value = (variable: unknown) =>
    text(variable)
      .replaceAll(/<([\w:.]+)>/g, (_, reference: string) => {
        if (reference in pseudo) return pseudo[reference] ?? ''
        const [id = ''] = reference.split('.')
        const name = longest[resources.get(id)?.Type ?? '']
        if (name === undefined) throw new Error(`nothing says how long a reference to ${id} can become`)
        return name(id)
      })
      .replaceAll(/<(\d)\|([^|]+)\|([^>]+)>/g, (_, index: string, separator: string, whole: string) => {
        return whole.split(separator)[Number(index)] ?? ''
      })
  return new Map(
    ofType(resources, 'AWS::Lambda::Function').map(([id, { Properties }]) => {
      const variables = Object.entries(environmentOf(Properties)).map(([name, variable]) => [name, value(variable)])
      return [id, Buffer.byteLength(JSON.stringify(Object.fromEntries(variables)))]
    }),
  )
}

const two = (index: number) => String(index).padStart(2, '0')

const longDomain = {
  customDomain: {
    domainName: `${'logs.'.repeat(48)}example.com`,
    certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef',
  },
}

describe.each<{ title: string; source: Sources; others?: object; about: RegExp; atLeast: number }>([
  {
    title: 'many sources of one type with short names',
    source: (index) => ({ id: `org-${two(index)}`, type: 'github-webhook', label: `Org ${index}` }),
    about: /sources\[\d+\]: (the function of type github-webhook|one deployment) has room for 2\d sources/,
    atLeast: 3_800,
  },
  {
    title: 'sources with an option',
    source: (index) => ({ id: `hex-${two(index)}`, type: 'hex-webhook', label: `Hex ${index}` }),
    about: /sources\[\d+\]: the function of type hex-webhook has room for \d+ sources/,
    atLeast: 3_800,
  },
  {
    title: 'few sources with names as long as they may be',
    source: (index) => ({
      id: `${two(index).replace(/\d/g, 'x$&')}${'a'.repeat(59)}`,
      type: index % 2 === 0 ? 'github-webhook' : 'hex-webhook',
      label: '"'.repeat(100),
    }),
    about: /sources\[\d+\]: (the function of type|one deployment has room for)/,
    atLeast: 3_000,
  },
  {
    title: 'polled sources with long names, each of which has its function',
    source: (index) => ({
      id: `log-${two(index)}-${'a'.repeat(44)}`,
      type: 'github-audit',
      label: `Log ${index}`,
      scope: 'organization',
      name: 'octo',
    }),
    about: /sources\[\d+\]: one deployment has room for \d+ sources/,
    atLeast: 3_500,
  },
  {
    title: 'labels beyond ASCII',
    source: (index) => ({ id: `org-${two(index)}`, type: 'github-webhook', label: '組織'.repeat(20) }),
    about: /sources\[\d+\]: one deployment has room for \d+ sources/,
    atLeast: 3_500,
  },
  {
    title: 'sources whose credential is given by consent',
    source: (index) => ({
      id: `workspace-${two(index)}`,
      type: 'slack-workspace',
      label: `Workspace ${index}`,
      teamId: 'T0EXAMPLE0',
      oauth: { clientId: '1234567890.1234567890' },
    }),
    about: /sources\[\d+\]: the function for oauth has room for \d+ sources/,
    atLeast: 3_500,
  },
  {
    title: 'consents under a long domain name',
    source: (index) => ({
      id: `workspace-${two(index)}`,
      type: 'slack-workspace',
      label: `Workspace ${index}`,
      teamId: 'T0EXAMPLE0',
      oauth: { clientId: '1234567890.1234567890' },
    }),
    others: longDomain,
    about: /sources\[\d+\]: the function for oauth has room for \d+ sources/,
    atLeast: 3_500,
  },
  {
    title: 'sources of several types under a long domain name',
    source: (index) => ({
      id: `workspace-${two(index)}`,
      type: index % 2 === 0 ? 'github-webhook' : 'hex-webhook',
      label: `Workspace of department ${index}`,
    }),
    others: longDomain,
    about: /sources\[\d+\]: one deployment has room for \d+ sources/,
    atLeast: 3_800,
  },
  {
    title: 'sources of several types, some with a recovery',
    source: (index) => ({
      id: `workspace-${two(index)}`,
      type: index % 2 === 0 ? 'github-webhook' : 'hex-webhook',
      label: `Workspace of department ${index}`,
      ...(index % 2 === 0 && { recovery: { owner: 'octo', hookId: 1 + index } }),
    }),
    about: /sources\[\d+\]: (the function of type|one deployment has room for)/,
    atLeast: 3_800,
  },
])('$title', ({ source, others = {}, about, atLeast }) => {
  const { config, problem } = fullest(source, others)

  test('as many sources as the settings accept fit into 4 KB with the longest names of AWS, and leave little of it', () => {
    const sizes = environments(synthesize(config).resources)
    expect([...sizes].filter(([, bytes]) => bytes > 4_096)).toEqual([])
    expect(Math.max(...sizes.values())).toBeGreaterThan(atLeast)
  })

  test('one more is refused at its line, with a remedy', () => {
    expect(problem).toMatch(about)
    expect(problem).toContain(`sources[${config.sources.length}]`)
    expect(problem).toContain('or deploy the others from a second settings file')
  })
})
