import { randomUUID } from 'node:crypto'
import { jsonBody, jsonError, operationOf } from '../json-protocol.ts'
import { notImplemented, ServiceError, type Store } from '../store.ts'
import { type GenerateSecretString, generateSecretString } from './generated-secret.ts'
import { type Secret, SecretFile, type Version } from './secret-file.ts'

export interface NewSecret {
  readonly name: string
  readonly arn: string
  readonly description?: string
  /** The template's `GenerateSecretString`. */
  readonly generate?: GenerateSecretString
  /** The template's `SecretString`. With neither, the secret has no value until one is put. */
  readonly secretString?: string
}

export interface Secrets extends Store {
  /**
   * Makes a secret unless there is one of that ARN: values are made once and then belong to whoever rotates them.
   * @throws {Error} when `generate` asks for what cannot be
   */
  ensureSecret(secret: NewSecret): void
  /**
   * The value that a client would read, for the senders that stand in for a provider.
   * @throws {ServiceError} when there is no such secret, or it has no value
   */
  current(id: string): string
  /**
   * Puts a value into a secret that has none, as a person does.
   * @throws {ServiceError} when there is no such secret
   */
  fill(id: string, value: string): void
}

type Input = Readonly<Record<string, unknown>>

/** The operations that exist, each with the members that it understands. */
const operations: Readonly<
  Record<string, { readonly takes: readonly string[]; readonly run: (state: SecretFile, input: Input) => unknown }>
> = {
  GetSecretValue: { takes: ['SecretId', 'VersionId', 'VersionStage'], run: getSecretValue },
  PutSecretValue: {
    takes: ['SecretId', 'ClientRequestToken', 'SecretString', 'SecretBinary', 'VersionStages'],
    run: putSecretValue,
  },
  DescribeSecret: { takes: ['SecretId'], run: (state, { SecretId }) => describe(find(state, SecretId)) },
  ListSecrets: { takes: [], run: ({ secrets }) => ({ SecretList: secrets.map(describe) }) },
}

/**
 * Secrets Manager over its JSON protocol: reading, putting a new value with the labels moving as in AWS, and listing.
 * Secrets are kept in one file that only its owner can read.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 * @throws {Error} when the file is there and holds something else
 */
export function openSecrets({ file }: { readonly file: string }): Secrets {
  const state = new SecretFile(file)
  return {
    ensureSecret({ name, arn, description, generate, secretString }) {
      if (state.secrets.some((secret) => secret.arn === arn)) return
      const value = generate ? generateSecretString(generate) : secretString
      const secret = { name, arn, created: now(), versions: [], ...(description !== undefined && { description }) }
      if (value !== undefined) putVersion(secret, { SecretString: value })
      state.secrets.push(secret)
      state.save()
    },
    current: (id) => chosenVersion(find(state, id), undefined, undefined).string ?? '',
    fill(id, value) {
      const secret = find(state, id)
      if (secret.versions.length > 0) return
      putVersion(secret, { SecretString: value })
      state.save()
    },
    async target(request) {
      const operation = operationOf(request, 'secretsmanager')
      const { SecretId } = await jsonBody(request)
      const known = state.secrets.find(({ arn, name }) => arn === SecretId || name === SecretId)
      const resource = operation === 'ListSecrets' ? '*' : (known?.arn ?? String(SecretId))
      return { operation, access: [{ action: `secretsmanager:${operation}`, resource }] }
    },
    async handle(request) {
      const name = operationOf(request, 'secretsmanager')
      const operation = operations[name]
      if (!operation) throw notImplemented(`secretsmanager:${name}`)
      const input = await jsonBody(request)
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
  const version = chosenVersion(secret, text(input, 'VersionId'), text(input, 'VersionStage'))
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    VersionStages: version.stages,
    CreatedDate: version.created,
    ...(version.string !== undefined && { SecretString: version.string }),
    ...(version.binary !== undefined && { SecretBinary: version.binary }),
  }
}

function putSecretValue(state: SecretFile, input: Input): unknown {
  const secret = find(state, input.SecretId)
  const version = putVersion(secret, input)
  state.save()
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages }
}

function chosenVersion(secret: Secret, id: string | undefined, stage: string | undefined): Version {
  const label = stage ?? (id === undefined ? 'AWSCURRENT' : undefined)
  const version = secret.versions.find((one) =>
    id === undefined ? label !== undefined && one.stages.includes(label) : one.id === id,
  )
  if (!version) {
    const by = id === undefined ? `staging label: ${label}` : `VersionId: ${id}`
    throw notFound(`Secrets Manager can't find the specified secret value for ${by}`)
  }
  if (label !== undefined && !version.stages.includes(label)) {
    const message = 'You provided a VersionStage that is not associated to the provided VersionId.'
    throw new ServiceError(400, 'InvalidRequestException', message)
  }
  return version
}

/**
 * Adds a version and moves its labels to it; the version that loses AWSCURRENT becomes AWSPREVIOUS.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
function putVersion(secret: Secret, input: Input): Version {
  const string = text(input, 'SecretString')
  const binary = text(input, 'SecretBinary')
  if ((string === undefined) === (binary === undefined)) {
    throw invalid('You must provide either SecretString or SecretBinary.')
  }
  if (Buffer.byteLength(string ?? binary ?? '') > 65_536) throw invalid('The secret is larger than 65536 bytes.')
  const id = text(input, 'ClientRequestToken') ?? randomUUID()
  const existing = secret.versions.find((one) => one.id === id)
  if (existing) {
    if (existing.string === string && existing.binary === binary) return existing
    throw new ServiceError(400, 'ResourceExistsException', 'There is a version of that id with another value.')
  }
  const stages = stagesOf(input)
  const current = secret.versions.find((one) => one.stages.includes('AWSCURRENT'))
  const version: Version = {
    id,
    created: now(),
    stages: [],
    ...(string !== undefined && { string }),
    ...(binary !== undefined && { binary }),
  }
  secret.versions.push(version)
  for (const stage of stages) moveLabel(secret, stage, version)
  if (current && stages.includes('AWSCURRENT')) moveLabel(secret, 'AWSPREVIOUS', current)
  return version
}

function moveLabel(secret: Secret, label: string, to: Version): void {
  for (const version of secret.versions) version.stages = version.stages.filter((stage) => stage !== label)
  to.stages = [...to.stages, label]
}

function stagesOf({ VersionStages }: Input): readonly string[] {
  if (VersionStages === undefined) return ['AWSCURRENT']
  const stages = Array.isArray(VersionStages) ? VersionStages.filter((stage) => typeof stage === 'string') : []
  if (stages.length > 0) return stages
  throw invalid('VersionStages must be a list of at least one label.')
}

function describe({ arn, name, description, created, versions }: Secret): unknown {
  const staged = versions.filter(({ stages }) => stages.length > 0)
  return {
    ARN: arn,
    Name: name,
    ...(description !== undefined && { Description: description }),
    CreatedDate: created,
    LastChangedDate: Math.max(created, ...versions.map((version) => version.created)),
    VersionIdsToStages: Object.fromEntries(staged.map(({ id, stages }) => [id, stages])),
  }
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

/** Seconds since 1970 with their fraction: how the JSON protocol writes times. */
function now(): number {
  return Date.now() / 1000
}
