import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager'
import { expect, test } from 'vitest'
import { startStack, temporaryFolder } from '../../../support/clients.ts'

const name = 'github'
const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:github-a1b2c3'

async function startSecret(options: { dataDir?: string } = {}) {
  const stack = await startStack(options)
  stack.gateway.secrets.ensureSecret({ name, arn, secretString: 'first' })
  const get = async (input: object = {}) =>
    (await stack.secrets.send(new GetSecretValueCommand({ SecretId: arn, ...input }))).SecretString
  const put = (SecretString: string, input: object = {}) =>
    stack.secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString, ...input }))
  return { ...stack, get, put }
}

test('a new value becomes AWSCURRENT, the one before AWSPREVIOUS, an older one loses its label', async () => {
  const { get, put, secrets } = await startSecret()
  await expect(get({ VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  const { VersionId: second } = await put('second')
  expect([await get(), await get({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['second', 'first'])
  const { VersionId: third = '', VersionStages } = await put('third')
  expect(VersionStages).toEqual(['AWSCURRENT'])
  expect([await get(), await get({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['third', 'second'])
  expect(await get({ VersionId: second })).toBe('second')
  const { VersionIdsToStages } = await secrets.send(new DescribeSecretCommand({ SecretId: name }))
  expect(VersionIdsToStages).toEqual({ [String(second)]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] })
})

test('a value can be staged without being current', async () => {
  const { get, put } = await startSecret()
  const { VersionId } = await put('candidate', { VersionStages: ['AWSPENDING'] })
  expect([await get(), await get({ VersionStage: 'AWSPENDING' }), await get({ VersionId })]).toEqual([
    'first',
    'candidate',
    'candidate',
  ])
  const both = get({ VersionId, VersionStage: 'AWSCURRENT' })
  await expect(both).rejects.toMatchObject({ name: 'InvalidRequestException' })
})

test('the same request twice is one version; its token with another value is refused', async () => {
  const { get, put } = await startSecret()
  const ClientRequestToken = '00000000-0000-4000-8000-000000000000'
  await put('second', { ClientRequestToken })
  await put('second', { ClientRequestToken })
  expect(await get({ VersionStage: 'AWSPREVIOUS' })).toBe('first')
  await expect(put('other', { ClientRequestToken })).rejects.toMatchObject({ name: 'ResourceExistsException' })
})

test('a secret is found by its name or its ARN; another is not there', async () => {
  const { get, secrets } = await startSecret()
  expect(await get({ SecretId: name })).toBe('first')
  await expect(get({ SecretId: 'other' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect((await secrets.send(new ListSecretsCommand({}))).SecretList).toMatchObject([{ Name: name, ARN: arn }])
})

test('what is not implemented says so', async () => {
  const { secrets } = await startSecret()
  const create = secrets.send(new CreateSecretCommand({ Name: 'x', SecretString: 'y' }))
  await expect(create).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('CreateSecret'),
  })
})

test('values outlive the gateway, in a file for its owner alone; what is generated is generated once', async () => {
  const dataDir = await temporaryFolder()
  const generated = { name: 'generated', arn: `${arn}2`, generate: { PasswordLength: 48, ExcludePunctuation: true } }
  const first = await startSecret({ dataDir })
  first.gateway.secrets.ensureSecret(generated)
  await first.put('rotated')
  const value = first.gateway.secrets.current('generated')
  expect(value).toMatch(/^[a-zA-Z0-9]{48}$/)
  await first.stop()
  const second = await startSecret({ dataDir })
  second.gateway.secrets.ensureSecret(generated)
  expect(second.gateway.secrets.current('generated')).toBe(value)
  expect([await second.get(), await second.get({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['rotated', 'first'])
  expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600)
  expect((await readdir(dataDir)).sort()).toEqual(['s3', 'secrets.json', 'sqs'])
})

test('a damaged file stops the start with a remedy and shows nothing of what it holds', async () => {
  const dataDir = await temporaryFolder()
  const first = await startSecret({ dataDir })
  await first.stop()
  const file = join(dataDir, 'secrets.json')
  await writeFile(file, (await readFile(file, 'utf8')).replace('"first"', '"first'))
  const start = startStack({ dataDir })
  await expect(start).rejects.toThrow(/secrets\.json .*delete it/)
  await expect(start).rejects.not.toThrow('first')
})

test('a secret without a value answers as one in AWS does', async () => {
  const { gateway, get } = await startSecret()
  gateway.secrets.ensureSecret({ name: 'empty', arn: `${arn}3` })
  await expect(get({ SecretId: 'empty' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('AWSCURRENT'),
  })
})

test('secrets are generated as CloudFormation generates them', async () => {
  const { gateway } = await startSecret()
  const make = (id: string, generate: object) => {
    gateway.secrets.ensureSecret({ name: id, arn: `${arn}-${id}`, generate })
    return gateway.secrets.current(id)
  }
  expect(make('default', {})).toMatch(/^[!-~]{32}$/)
  const user = make('template', {
    SecretStringTemplate: '{"user":"me"}',
    GenerateStringKey: 'password',
    ExcludeCharacters: 'abc',
  })
  expect(JSON.parse(user)).toEqual({ user: 'me', password: expect.stringMatching(/^[^abc]{32}$/) })
  const digits = { ExcludeLowercase: true, ExcludeUppercase: true, ExcludePunctuation: true, PasswordLength: 20 }
  expect(make('digits', digits)).toMatch(/^\d{20}$/)
  expect(() => make('none', { ...digits, ExcludeNumbers: true })).toThrow('no password')
  expect(() => make('broken', { GenerateStringKey: 'password' })).toThrow('SecretStringTemplate')
})
