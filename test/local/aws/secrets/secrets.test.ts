import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  CreateSecretCommand,
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
  stack.gateway.secrets.ensureSecret({ name, arn, value: 'first' })
  const get = async (input: object = {}) =>
    (await stack.secrets.send(new GetSecretValueCommand({ SecretId: arn, ...input }))).SecretString
  const put = (SecretString: string, input: object = {}) =>
    stack.secrets.send(new PutSecretValueCommand({ SecretId: arn, SecretString, ...input }))
  return { ...stack, get, put }
}

test('a new value becomes AWSCURRENT, the one before AWSPREVIOUS, an older one loses its label', async () => {
  const { get, put } = await startSecret()
  await expect(get({ VersionStage: 'AWSPREVIOUS' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  await put('second')
  expect([await get(), await get({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['second', 'first'])
  const { VersionStages } = await put('third')
  expect(VersionStages).toEqual(['AWSCURRENT'])
  expect([await get(), await get({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['third', 'second'])
})

test('the same request twice is one version; its token with another value is refused', async () => {
  const { get, put } = await startSecret()
  const ClientRequestToken = '00000000-0000-4000-8000-000000000000'
  await put('second', { ClientRequestToken })
  await put('second', { ClientRequestToken })
  expect(await get({ VersionStage: 'AWSPREVIOUS' })).toBe('first')
  await expect(put('other', { ClientRequestToken })).rejects.toMatchObject({ name: 'ResourceExistsException' })
})

test('a secret is found by name or ARN; an unknown one is missing', async () => {
  const { get } = await startSecret()
  expect(await get({ SecretId: name })).toBe('first')
  await expect(get({ SecretId: 'other' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

test('what is not implemented is refused by name', async () => {
  const { secrets, get, put } = await startSecret()
  const refused = (what: string) => ({ name: 'NotImplemented', message: expect.stringContaining(what) })
  const create = new CreateSecretCommand({ Name: 'x', SecretString: 'y' })
  await expect(secrets.send(create)).rejects.toMatchObject(refused('CreateSecret'))
  await expect(secrets.send(new ListSecretsCommand({}))).rejects.toMatchObject(refused('ListSecrets'))
  await expect(get({ VersionId: '1' })).rejects.toMatchObject(refused('VersionId'))
  await expect(put('x', { VersionStages: ['AWSPENDING'] })).rejects.toMatchObject(refused('VersionStages'))
  const binary = new PutSecretValueCommand({ SecretId: arn, SecretBinary: Buffer.from('x') })
  await expect(secrets.send(binary)).rejects.toMatchObject(refused('SecretBinary'))
})

test('values outlive the gateway in a file for its owner alone; a later start keeps them', async () => {
  const dataDir = await temporaryFolder()
  const first = await startSecret({ dataDir })
  await first.put('rotated')
  await first.stop()
  const second = await startSecret({ dataDir })
  expect([await second.get(), await second.get({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['rotated', 'first'])
  expect((await stat(join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600)
  expect((await readdir(dataDir)).sort()).toEqual(['s3', 'secrets.json', 'sqs'])
})

test('a damaged file stops the start with a remedy, without quoting its content', async () => {
  const dataDir = await temporaryFolder()
  const first = await startSecret({ dataDir })
  await first.stop()
  const file = join(dataDir, 'secrets.json')
  await writeFile(file, (await readFile(file, 'utf8')).replace('"first"', '"first'))
  const start = startStack({ dataDir })
  await expect(start).rejects.toThrow(/secrets\.json .*delete it/)
  await expect(start).rejects.not.toThrow('first')
})

test('a secret without a value answers as in AWS', async () => {
  const { gateway, get } = await startSecret()
  gateway.secrets.ensureSecret({ name: 'empty', arn: `${arn}3` })
  await expect(get({ SecretId: 'empty' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: expect.stringContaining('AWSCURRENT'),
  })
})
