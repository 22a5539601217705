import { randomUUID } from 'node:crypto'
import { jsonError, operationOf } from '../json-protocol.ts'
import { notImplemented, ServiceError, type Store } from '../store.ts'
import { type Secret, SecretFile, type Version } from './secret-file.ts'

export interface NewSecret {
  readonly name: string
  readonly arn: string
  /** The template's value, given or generated; without one the secret is empty until a value is put. */
  readonly value?: string
}

export interface Secrets extends Store {
  /** Makes a secret if there is none with that ARN, because a later start must not undo a rotation. */
  ensureSecret(secret: NewSecret): void
  /**
   * The current value, for the simulated senders.
   * @throws {ServiceError} when the secret is missing or has no value
   */
  current(id: string): string
  /**
   * Puts a value into a secret that has none, as a person does.
   * @throws {ServiceError} when the secret is missing
   */
  fill(id: string, value: string): void
}

type Input = Readonly<Record<string, unknown>>

/** The implemented operations with the members that each understands. */
const operations: Readonly<
  Record<string, { readonly takes: readonly string[]; readonly run: (state: SecretFile, input: Input) => unknown }>
> = {
  GetSecretValue: { takes: ['SecretId', 'VersionStage'], run: getSecretValue },
  PutSecretValue: { takes: ['SecretId', 'ClientRequestToken', 'SecretString'], run: putSecretValue },
}

/**
 * Secrets Manager over its JSON protocol: reads secrets, and puts new values with the labels moving as in AWS. One file
 * that only its owner can read holds all secrets.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 * @throws {Error} when the file holds anything else
 */
export function openSecrets({ file }: { readonly file: string }): Secrets {
  const state = new SecretFile(file)
  return {
    ensureSecret({ name, arn, value }) {
      if (state.secrets.some((secret) => secret.arn === arn)) return
      const secret = { name, arn, versions: [] }
      if (value !== undefined) putVersion(secret, { SecretString: value })
      state.secrets.push(secret)
      state.save()
    },
    current: (id) => labelled(find(state, id), 'AWSCURRENT').string,
    fill(id, value) {
      const secret = find(state, id)
      if (secret.versions.length > 0) return
      putVersion(secret, { SecretString: value })
      state.save()
    },
    async accessOf(request) {
      const operation = operationOf(request, 'secretsmanager')
      const { SecretId } = await request.json()
      const known = state.secrets.find(({ arn, name }) => arn === SecretId || name === SecretId)
      return [{ action: `secretsmanager:${operation}`, resource: known?.arn ?? String(SecretId) }]
    },
    async handle(request) {
      const name = operationOf(request, 'secretsmanager')
      const operation = operations[name]
      if (!operation) throw notImplemented(`secretsmanager:${name}`)
      const input = await request.json()
      const unknown = Object.keys(input).find((member) => !operation.takes.includes(member))
      if (unknown !== undefined) throw notImplemented(`${unknown} in ${name}`)
      const headers = { 'content-type': 'application/x-amz-json-1.1' }
      return { status: 200, headers, body: JSON.stringify(operation.run(state, input)) }
    },
    refuse: (error) => jsonError(error, '1.1'),
  }
}

function find({ secrets }: SecretFile, id: unknown): Secret {
  const secret = secrets.find(({ arn, name }) => arn === id || name === id)
  if (secret) return secret
  throw notFound("Secrets Manager can't find the specified secret.")
}

function getSecretValue(state: SecretFile, input: Input): unknown {
  const secret = find(state, input.SecretId)
  const version = labelled(secret, text(input, 'VersionStage') ?? 'AWSCURRENT')
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: version.stages,
    CreatedDate: version.created,
    SecretString: version.string,
  }
}

function putSecretValue(state: SecretFile, input: Input): unknown {
  const secret = find(state, input.SecretId)
  const version = putVersion(secret, input)
  state.save()
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages }
}

function labelled(secret: Secret, label: string): Version {
  const version = secret.versions.find(({ stages }) => stages.includes(label))
  if (version) return version
  throw notFound(`Secrets Manager can't find the specified secret value for staging label: ${label}`)
}

/**
 * Adds a version and moves its labels to it; the version that loses AWSCURRENT becomes AWSPREVIOUS.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
function putVersion(secret: Secret, input: Input): Version {
  const string = text(input, 'SecretString')
  if (string === undefined) throw invalid('You must provide SecretString.')
  if (Buffer.byteLength(string) > 65_536) throw invalid('The secret is larger than 65536 bytes.')
  const id = text(input, 'ClientRequestToken') ?? randomUUID()
  const existing = secret.versions.find((one) => one.id === id)
  if (existing) {
    if (existing.string === string) return existing
    throw new ServiceError(400, 'ResourceExistsException', 'There is a version of that id with another value.')
  }
  for (const older of secret.versions) older.stages = older.stages.includes('AWSCURRENT') ? ['AWSPREVIOUS'] : []
  const version: Version = { id, created: Date.now() / 1000, stages: ['AWSCURRENT'], string }
  secret.versions.push(version)
  return version
}

function text(input: Input, name: string): string | undefined {
  const value = input[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalid(`${name} must be text.`)
}

function notFound(message: string): ServiceError {
  return new ServiceError(400, 'ResourceNotFoundException', message)
}

function invalid(message: string): ServiceError {
  return new ServiceError(400, 'InvalidParameterException', message)
}
