import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig, SettingsError } from '../../settings/load.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import { hiddenCharacters } from '../support/hostile-text.ts'

const folder = mkdtempSync(join(tmpdir(), 'settings-'))
const file = join(folder, 'audit-lake.yaml')
afterAll(() => rmSync(folder, { recursive: true }))

function load(text: string | Uint8Array) {
  writeFileSync(file, text)
  return loadConfig(file, { allowExamples: true })
}

/** The lines of the error's message without the file name. */
function problems(text: string | Uint8Array): string[] {
  try {
    load(text)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    return error.message.replaceAll(`${file}:`, '').split('\n').slice(1)
  }
  throw new Error('these settings were accepted')
}

function reasonNotReadable(path: string): string {
  try {
    loadConfig(path, { allowExamples: true })
  } catch (error) {
    if (error instanceof SettingsError) return error.message
    throw error
  }
  throw new Error('this file was accepted')
}

const source = (id: string, more = '') => `  - id: ${id}\n    type: github-webhook\n    label: A label\n${more}`

test.each([
  ['an id', '  - id: "a\\u202eb\\u001b[2J"\n'],
  ['a key', '  - "a\\u202eb\\u001b[2J\\nretentionDays: fine": 1\n'],
  ['an alias', '  - id: *a\u202eb\n'],
])('%s with characters that a terminal obeys or hides is quoted with escapes', (_, text) => {
  const found = problems(`sources:\n${text}    type: github-webhook\n    label: A\n`)
  expect(found.join(' ')).toMatch(/\\u202e/)
  expect(found.filter((line) => hiddenCharacters.test(line))).toEqual([])
  expect(found.filter((line) => line.startsWith('retentionDays'))).toEqual([])
})

describe('valid settings', () => {
  test('the shipped file loads and shows every option with its default', () => {
    const shipped = loadConfig('audit-lake.yaml', { allowExamples: true })
    expect(shipped).toEqual({
      retentionDays: 365,
      queryLimitGB: 100,
      delivery: { windowSeconds: 60 },
      mergeEverySeconds: 600,
      previousSecretHours: 24,
      throttle: { requestsPerSecond: 100, burst: 1000 },
      alarms: { emails: [], noEventsHours: 24, setUpGraceHours: 72, dashboard: false },
      sources: [
        { id: 'github-webhooks', type: 'github-webhook', label: 'GitHub organization webhooks', options: {} },
        { id: 'hex-audit', type: 'hex-webhook', label: 'Hex workspace', options: { header: 'X-AuditLake-Secret' } },
        {
          id: 'github-audit',
          type: 'github-audit',
          label: 'GitHub organization audit log',
          options: { scope: 'organization', name: 'example-org', ratePercent: 100 },
        },
        {
          id: 'github-audit-stream',
          type: 'github-audit-stream-s3',
          label: 'GitHub enterprise audit-log stream',
          options: {
            enterprise: 'example-enterprise',
            access: 'oidc',
            keepObjectsDays: 30,
            excludeFilters: ['_check'],
            copilotUsage: 'keep',
            configuration: 'ignore',
          },
        },
        {
          id: 'github-audit-stream-gcs',
          type: 'github-audit-stream-gcs',
          label: 'GitHub enterprise audit-log stream through Google Cloud Storage',
          options: { bucket: 'example-audit-log', excludeFilters: ['_check'], copilotUsage: 'keep' },
        },
        {
          id: 'slack-audit',
          type: 'slack-audit',
          label: 'Slack organization audit log',
          options: { enterpriseId: 'E0EXAMPLE1', ratePercent: 100 },
        },
        {
          id: 'slack-workspace',
          type: 'slack-workspace',
          label: 'Slack workspace access and integration logs',
          options: { teamId: 'T0EXAMPLE1', logs: 'both', updates: 'daily', ratePercent: 100 },
        },
        {
          id: 'anthropic-activity',
          type: 'anthropic-activity',
          label: 'Anthropic Compliance API',
          options: { organizationIds: [], ratePercent: 100 },
        },
      ],
    })
    const sources = shipped.sources.map(({ id, type, label }) => {
      const names: Readonly<Record<string, string>> = {
        'github-audit': ', name: example-org',
        'github-audit-stream-s3': ', enterprise: example-enterprise',
        'github-audit-stream-gcs': ', bucket: example-audit-log',
        'slack-audit': ', enterpriseId: E0EXAMPLE1',
        'slack-workspace': ', teamId: T0EXAMPLE1',
      }
      const name = names[type] ?? ''
      return `  - {id: ${id}, type: ${type}, label: ${label}${name}}`
    })
    expect(load(`sources:\n${sources.join('\n')}`)).toEqual(shipped)
  })

  test.each([
    ['retentionDays', 1],
    ['retentionDays', 3650],
    ['queryLimitGB', 0],
    ['queryLimitGB', 0.01],
    ['queryLimitGB', 1_000_000],
    ['previousSecretHours', 0],
    ['previousSecretHours', 168],
  ])('%s accepts %d', (key, value) => {
    expect(load(`${key}: ${value}\nsources:\n${source('ab')}`)).toHaveProperty(key, value)
  })

  test.each([
    ['requestsPerSecond', 1],
    ['requestsPerSecond', 10_000],
    ['burst', 1],
    ['burst', 5_000],
  ])('the throttle accepts %s of %d', (key, value) => {
    expect(load(`throttle: {${key}: ${value}}\nsources:\n${source('ab')}`).throttle).toHaveProperty(key, value)
  })

  test.each([0, 60])('the window accepts %d seconds', (seconds) => {
    expect(load(`delivery: {windowSeconds: ${seconds}}\nsources:\n${source('ab')}`).delivery.windowSeconds).toBe(
      seconds,
    )
  })
})

describe('a custom domain', () => {
  const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef'
  const withDomain = (domainName: string, certificateArn = arn) =>
    `customDomain:\n  domainName: ${JSON.stringify(domainName)}\n  certificateArn: ${certificateArn}\nsources:\n${source('ab')}`

  test.each([
    ['auditlake.example.com'],
    ['a.b-c.d3.example'],
    ['xn--bcher-kva.example'],
    [`${'a'.repeat(63)}.example`],
    ['logs.example.com', arn.replace('aws:', 'aws-us-gov:').replace('eu-west-1', 'us-gov-west-1')],
  ])('may be %s', (domainName, certificateArn = arn) => {
    expect(load(withDomain(domainName, certificateArn)).customDomain).toEqual({ domainName, certificateArn })
  })

  test('may be left out', () => {
    expect(load(`sources:\n${source('ab')}`)).not.toHaveProperty('customDomain')
  })

  test.each([
    ['*.example.com'],
    ['Logs.example.com'],
    ['bücher.example'],
    ['example'],
    ['logs.example.com.'],
    ['logs..example.com'],
    ['-logs.example.com'],
    ['192.0.2.1'],
    ['https://logs.example.com'],
    ['logs.example.com/path'],
    ['logs.example.com:443'],
    [`${'a'.repeat(64)}.example`],
    ['a'],
  ])('%s is no domain name', (domainName) => {
    const [problem = '', ...more] = problems(withDomain(domainName))
    expect(more).toEqual([])
    expect(problem).toMatch(
      /^2:\d+: customDomain\.domainName: .*must be a whole domain name in lower-case ASCII, such as/,
    )
  })

  test.each([
    'arn:aws:iam::123456789012:server-certificate/logs',
    'arn:aws:acm::123456789012:certificate/12345678',
    'arn:aws:acm:eu-west-1:123456789012:certificate/*',
    '12345678-90ab-cdef-1234-567890abcdef',
  ])('%s is no certificate', (certificateArn) => {
    const [problem = '', ...more] = problems(withDomain('logs.example.com', certificateArn))
    expect(more).toEqual([])
    expect(problem).toMatch(
      /^3:\d+: customDomain\.certificateArn: .*must be the ARN of a certificate in AWS Certificate Manager/,
    )
  })

  test.each(['domainName: logs.example.com', `certificateArn: ${arn}`])('is refused with only %s', (one) => {
    expect(problems(`customDomain: {${one}}\nsources:\n${source('ab')}`)[0]).toContain('is missing')
  })
})

describe('the recovery of a webhook source', () => {
  const healing = (recovery: string) =>
    `sources:\n  - {id: hooks, type: github-webhook, label: Hooks, recovery: ${recovery}}`
  const recovery = (text: string) => load(healing(text)).sources[0]?.options.recovery

  test.each([
    ['{owner: octo-org, hookId: 109948940}', { owner: 'octo-org', hookId: '109948940' }],
    ['{owner: octo, repository: hello.world, hookId: "1"}', { repository: 'hello.world', hookId: '1' }],
    ['{owner: octo, hookId: "90071992547409931234"}', { hookId: '90071992547409931234' }],
    [
      '{owner: octo, hookId: 1, apiUrl: "https://ghe.example.com/api/v3"}',
      { apiUrl: 'https://ghe.example.com/api/v3' },
    ],
  ])('may be %s', (text, expected) => {
    expect(recovery(text)).toMatchObject(expected)
  })

  test('may be left out', () => {
    expect(load(`sources:\n${source('ab')}`).sources[0]?.options).toEqual({})
  })

  test.each([
    ['{hookId: 1}', 'sources[0].recovery.owner'],
    ['{owner: octo}', 'sources[0].recovery.hookId'],
    ['{owner: octo, hookId: "12a"}', 'must be the number at the end of the address'],
    ['{owner: octo, hookId: 0}', 'must be the number at the end of the address'],
    ['{owner: octo, hookId: 1.5}', 'must be the number at the end of the address'],
    ['{owner: octo, hookId: "1/../2"}', 'must be the number at the end of the address'],
    ['{owner: a/b, hookId: 1}', 'must be the name as it stands in the address'],
    ['{owner: octo, repository: "..", hookId: 1}', 'must be the name without its owner'],
    ['{owner: octo, hookId: 1, apiUrl: "http://ghe.example.com"}', 'must be an address such as'],
    ['{owner: octo, hookId: 1, hook: 2}', 'hook'],
    ['true', 'sources[0].recovery'],
  ])('%s is refused where it is wrong', (text, right) => {
    const [problem = '', ...more] = problems(healing(text))
    expect(more).toEqual([])
    expect(problem).toContain(right)
  })
})

describe('a polled source', () => {
  const audit = (more: string) => `sources:\n  - {id: log, type: github-audit, label: Log, name: octo-org, ${more}}`

  test.each([
    ['apiUrl', 'https://ghe.example.com/api/v3'],
    ['apiUrl', 'http://127.0.0.1:8080'],
    ['apiUrl', 'http://localhost:8080/v1'],
    ['apiUrl', 'http://[::1]:8080'],
    ['startAt', '2026-01-31'],
    ['startAt', '2026-01-31T23:59:59Z'],
    ['ratePercent', 5],
    ['scope', 'enterprise'],
  ])('%s accepts %s', (option, value) => {
    const written = typeof value === 'string' ? `"${value}"` : value
    expect(load(audit(`${option}: ${written}`)).sources[0]?.options).toHaveProperty(option, value)
  })

  test('a day needs no quotation marks', () => {
    expect(load(audit('startAt: 2026-01-31')).sources[0]?.options.startAt).toBe('2026-01-31')
  })

  test.each([
    ['apiUrl: "http://api.example.com"', 'must be an address such as'],
    ['apiUrl: "https://user:password@api.example.com"', 'must be an address such as'],
    ['apiUrl: "https://api.example.com/?token=1"', 'must be an address such as'],
    ['apiUrl: "http://127.0.0.1.example.com"', 'must be an address such as'],
    ['apiUrl: "http://localhost@evil.example"', 'must be an address such as'],
    ['startAt: yesterday', 'must be a day such as "2026-01-31"'],
    ['startAt: "2026-01-31T25:00:00Z"', 'must be a day such as'],
    ['ratePercent: 4', 'at least 5'],
    ['scope: everything', '"organization"|"enterprise"'],
  ])('%s is refused with the valid form', (option, right) => {
    const [problem = '', ...more] = problems(audit(option))
    expect(more).toEqual([])
    expect(problem).toContain(right)
  })

  test('organizations are a list', () => {
    const activity = (ids: string) =>
      `sources:\n  - {id: feed, type: anthropic-activity, label: Feed, organizationIds: ${ids}}`
    expect(load(activity('[org_01Example, 5d1f0a52-8f57-4c7e-9b64-0d2f3c9a7e11]')).sources[0]?.options).toMatchObject({
      organizationIds: ['org_01Example', '5d1f0a52-8f57-4c7e-9b64-0d2f3c9a7e11'],
    })
    expect(problems(activity('["a b"]'))[0]).toContain('must be an id such as')
    expect(problems(activity('org_01Example'))).toHaveLength(1)
    expect(problems(activity(JSON.stringify(Array.from({ length: 31 }, (_, index) => `org_${index}`))))).toHaveLength(1)
  })

  test('a name is required', () => {
    expect(problems('sources:\n  - {id: log, type: github-audit, label: Log}')[0]).toContain('name')
  })
})

describe('a credential by consent', () => {
  const github = (more: string) => `sources:\n  - {id: log, type: github-audit, label: Log, name: octo-org, ${more}}`
  const slack = (type: string, more: string) => `sources:\n  - {id: log, type: ${type}, label: Log, ${more}}`

  test.each([
    github('oauth: {clientId: Ov23example}'),
    github(
      'oauth: {clientId: Ov23example}, apiUrl: "https://ghe.example.com/api/v3", webUrl: "https://ghe.example.com"',
    ),
    slack('slack-audit', 'enterpriseId: E0EXAMPLE, oauth: {clientId: "123.456"}'),
    slack('slack-workspace', 'teamId: T0EXAMPLE, oauth: {clientId: "123.456"}'),
  ])('%s is accepted', (text) => {
    expect(load(text).sources[0]?.options.oauth).toMatchObject({ clientId: expect.any(String) })
  })

  test.each([
    [slack('slack-audit', 'oauth: {clientId: "123.456"}'), 'oauth: needs enterpriseId, so that nobody can connect'],
    [slack('slack-workspace', 'oauth: {clientId: "123.456"}'), 'oauth: needs teamId, so that nobody can connect'],
    [
      github('oauth: {clientId: Ov23example}, apiUrl: "https://ghe.example.com/api/v3"'),
      'oauth: needs webUrl as well, because the token is given out by one address and used at the other',
    ],
    [github('oauth: {clientId: Ov23example}, webUrl: "https://ghe.example.com"'), 'oauth: needs apiUrl as well'],
    [github('oauth: {}'), 'oauth.clientId'],
    [github('oauth: {clientId: "a b"}'), 'must be the client id of the app'],
    [github('oauth: {clientId: Ov23example, clientSecret: x}'), 'clientSecret'],
    ['sources:\n  - {id: log, type: anthropic-activity, label: Log, oauth: {clientId: Ov23example}}', 'oauth'],
  ])('%s is refused at its line', (text, right) => {
    const [problem = '', ...more] = problems(text)
    expect(more).toEqual([])
    expect(problem).toMatch(/^2:\d+: /)
    expect(problem).toContain(right)
  })
})

describe('options of a stream', () => {
  const stream = (more: string, type = 's3, enterprise: octo') =>
    problems(`sources:\n  - {id: ab, label: A, type: github-audit-stream-${type}, ${more}}\n`)
  const provider = 'arn:aws:iam::123456789012:oidc-provider/example.com'
  const account = 'reader@project.iam.gserviceaccount.com'

  test.each([
    [stream("bucketAccount: '123456789012'"), 'bucketAccount: does nothing without bucket; add that, or remove it'],
    [stream('bucketKeyArn: arn:aws:kms:eu-west-1:123456789012:key/1'), 'bucketKeyArn: does nothing without bucket'],
    [
      stream(`bucket: logs, oidcProviderArn: ${provider}`),
      'oidcProviderArn: does nothing beside bucket; remove one of them',
    ],
    [stream(`serviceAccount: ${account}`, 'gcs, bucket: logs'), 'serviceAccount: does nothing without audience'],
  ])('that would do nothing are refused: %s', ([found = '', ...others], expected) => {
    expect(found).toContain(`sources[0].${expected}`)
    expect(others).toEqual([])
  })
})

describe('names of examples', () => {
  const names = `sources:
  - {id: log, type: github-audit, label: Log, name: example-org}
  - id: stream
    type: github-audit-stream-s3
    label: Stream
    enterprise: example-enterprise
    bucket: example-bucket
  - {id: own, type: github-audit, label: Own, name: my-example-org}
  - {id: team, type: slack-workspace, label: Team, teamId: T0EXAMPLE1}
`

  test('are refused without leave, each with its line', () => {
    writeFileSync(file, names)
    expect(() => loadConfig(file)).toThrow(`${file} has 4 problems:
${file}:2:53: sources[0].name: is "example-org", an example that only the simulated providers know; write your own name, or remove the source
${file}:6:17: sources[1].enterprise: is "example-enterprise", an example that only the simulated providers know; write your own name, or remove the source
${file}:7:13: sources[1].bucket: is "example-bucket", an example that only the simulated providers know; write your own name, or remove the source
${file}:9:60: sources[3].teamId: is "T0EXAMPLE1", an example that only the simulated providers know; write your own name, or remove the source`)
  })

  test('are accepted where nothing is deployed', () => {
    expect(load(names).sources).toHaveLength(4)
  })
})

describe('invalid settings', () => {
  test('every problem is reported at once, each with its line and the valid form', () => {
    const text = `retention: 30
retentionDays: 0
delivery:
  windowSeconds: soon
  batch: 5
sources:
  - id: GitHub
    type: github-webhook
  - id: second
    type: github-webhok
    label: ""
  - third
`
    expect(problems(text)).toEqual([
      '1:1: retention: is not a known key; did you mean "retentionDays"? (known here: retentionDays, queryLimitGB, delivery, mergeEverySeconds, previousSecretHours, throttle, alarms, customDomain, lakeBucketName, opsBucketName, secretArns, sources)',
      '2:16: retentionDays: is 0; expected at least 1',
      '4:18: delivery.windowSeconds: is "soon"; expected a number',
      '5:3: delivery.batch: is not a known key; remove it or check its place (known here: windowSeconds)',
      '7:5: sources[0].label: is missing; expected text',
      '7:9: sources[0].id: is "GitHub"; must be 2 to 63 lower-case letters, digits and hyphens and begin with a letter',
      expect.stringMatching(
        /^10:11: sources\[1\]\.type: is "github-webhok"; expected .*'github-webhook'.*did you mean github-webhook\?/,
      ),
      '11:12: sources[1].label: is ""; expected at least 1 character',
      expect.stringMatching(/^12:5: sources\[2\]: is "third"; expected a mapping/),
    ])
  })

  test('the message counts the problems', () => {
    writeFileSync(file, 'sources: []\nretentionDays: x\n')
    expect(() => loadConfig(file, { allowExamples: true })).toThrow(`${file} has 2 problems:\n`)
    writeFileSync(file, 'sources: []\n')
    expect(() => loadConfig(file, { allowExamples: true })).toThrow(`${file} has a problem:\n`)
  })

  test.each([
    ['no sources', 'retentionDays: 30\n', '1:1: sources: is missing; expected a list'],
    ['an empty list of sources', 'sources: []\n', '1:10: sources: is empty; expected at least 1 item'],
    ['sources that are not a list', 'sources: github\n', '1:10: sources: is "github"; expected a list'],
    ['a list in place of settings', '- a\n', '1:1: is a list; expected a mapping'],
    ['an empty file', '', '1:1: is empty; expected a mapping'],
    ['a file of comments', '# nothing\n', '1:1: is empty; expected a mapping'],
    [
      'a retention above ten years',
      `retentionDays: 3651\nsources:\n${source('ab')}`,
      '1:16: retentionDays: is 3651; expected at most 3650',
    ],
    [
      'a replaced secret that counts for more than a week',
      `previousSecretHours: 169\nsources:\n${source('ab')}`,
      '1:22: previousSecretHours: is 169; expected at most 168',
    ],
    [
      'a replaced secret that counts for less than no time',
      `previousSecretHours: -1\nsources:\n${source('ab')}`,
      '1:22: previousSecretHours: is -1; expected at least 0',
    ],
    [
      'a limit below that of Athena',
      `queryLimitGB: 0.005\nsources:\n${source('ab')}`,
      "1:15: queryLimitGB: must be at least 0.01, Athena's minimum of 10 MB, or 0 for no limit",
    ],
    [
      'half a day',
      `retentionDays: 1.5\nsources:\n${source('ab')}`,
      '1:16: retentionDays: is 1.5; expected a whole number',
    ],
    [
      'a number as label',
      `sources:\n${source('ab').replace('A label', '12')}`,
      '4:12: sources[0].label: is 12; expected text: put it in quotes',
    ],
    [
      'a label of blanks',
      `sources:\n${source('ab').replace('A label', '"  "')}`,
      '4:12: sources[0].label: is "  "; expected at least 1 character',
    ],
  ])('%s', (_, text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  test.each(['a', 'A1', '1a', 'a_b', 'a b', '-a', 'a'.repeat(64)])('an id cannot be %s', (id) => {
    expect(problems(`sources:\n${source(id)}`)).toEqual([expect.stringContaining('2:9: sources[0].id: is ')])
  })

  test("an unknown option is reported with the type's options", () => {
    expect(problems(`sources:\n${source('ab', '    secret: hunter2\n')}`)).toEqual([
      '5:5: sources[0].secret: is not a known key; remove it or check its place (known here: recovery, id, label, noEventsHours, type)',
    ])
  })

  test('an unknown type is reported with the known ones, without hiding other errors of the source', () => {
    const [typeProblem, ...others] = problems('sources:\n  - id: NO\n    type: carrier-pigeon\n')
    expect(others.concat(typeProblem ?? '').sort()).toEqual([
      '2:5: sources[0].label: is missing; expected text',
      '2:9: sources[0].id: is "NO"; must be 2 to 63 lower-case letters, digits and hyphens and begin with a letter',
      expect.stringContaining('3:11: sources[0].type: is "carrier-pigeon"; expected '),
    ])
    for (const type of sourceTypes.keys()) expect(problems('sources: [{type: no}]').join('\n')).toContain(type)
  })
})

describe('sources invalid together', () => {
  test('a repeated id is reported at both places', () => {
    expect(problems(`sources:\n${source('one')}${source('two')}${source('one')}`)).toEqual([
      '2:9: sources[0].id: "one" is also the id of sources[2]; give each source an id of its own',
      '8:9: sources[2].id: "one" is also the id of sources[0]; give each source an id of its own',
    ])
  })

  test('ids that differ only in hyphens would collide in CloudFormation', () => {
    expect(problems(`sources:\n${source('a-1')}${source('a1')}`)).toEqual([
      expect.stringContaining('2:9: sources[0].id: "a-1" differs from "a1" of sources[1] in hyphens only'),
      expect.stringContaining('5:9: sources[1].id: "a1" differs from "a-1" of sources[0] in hyphens only'),
    ])
  })

  test('other problems do not hide a repeated id', () => {
    const found = problems(`wrong: 1\nsources:\n${source('one')}${source('one', '    wrong: 1\n')}`)
    expect(found).toHaveLength(4)
    expect(found.join('\n')).toContain('is also the id of')
  })

  test('more sources than fit into the environment of a function are reported at the first too many', () => {
    const many = Array.from({ length: 30 }, (_, index) => source(`source-${index}x`)).join('')
    const [, line, first, room] =
      /^(\d+):5: sources\[(\d+)\]: one deployment has room for (\d+) sources like those before this one; .*second settings file/.exec(
        problems(`sources:\n${many}`).join('\n'),
      ) ?? []
    expect(Number(room)).toBeGreaterThan(15)
    expect(first).toBe(room)
    expect(Number(line)).toBe(2 + 3 * Number(room))
  })

  test("more sources of all types than fit into the janitor's environment are reported", () => {
    const many = Array.from({ length: 40 }, (_, index) => {
      const type = index % 2 === 0 ? 'github-webhook' : 'hex-webhook'
      return `  - {id: s${index}-with-a-rather-long-id, type: ${type}, label: ${'label '.repeat(4)}}\n`
    }).join('')
    expect(problems(`sources:\n${many}`)).toEqual([
      expect.stringMatching(
        /^\d+:5: sources\[(\d+)\]: one deployment has room for \1 sources like those before this one; /,
      ),
    ])
  })
})

describe('unsupported YAML', () => {
  test.each([
    ['an open quote', 'sources: "x\n', /^\d+:\d+: this is not valid YAML/],
    ['a tab as indentation', 'delivery:\n\twindowSeconds: 3\n', /^2:1: this is not valid YAML: Tabs are not allowed/],
    [
      'a key that stands twice',
      `retentionDays: 1\nretentionDays: 2\nsources:\n${source('ab')}`,
      /^2:1: .*Map keys must be unique/,
    ],
    ['a second document', `sources:\n${source('ab')}---\nsources: []\n`, /^5:\d+: a second document begins here/],
  ])('%s', (_, text, problem) => {
    expect(problems(text)).toEqual(expect.arrayContaining([expect.stringMatching(problem)]))
  })
})

describe('unreadable files', () => {
  test('a missing file', () => {
    const reason = reasonNotReadable(join(folder, 'none.yaml'))
    expect(reason).toContain(`none.yaml cannot be read: ENOENT: no such file or directory`)
    expect(reason).toContain('"-c config=PATH" for cdk, "--config PATH" for npm start.')
  })

  test('a folder', () => {
    expect(reasonNotReadable(folder)).toContain('EISDIR')
  })

  test('bytes that are not text', () => {
    writeFileSync(file, Uint8Array.of(0xff, 0xfe, 0x00))
    expect(reasonNotReadable(file)).toMatch(/not valid for encoding utf-8.*UTF-8 text/)
  })
})
