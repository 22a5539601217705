import path from 'node:path'
import { AthenaClient } from '@aws-sdk/client-athena'
import { LambdaClient } from '@aws-sdk/client-lambda'
import * as sdk from '@aws-sdk/client-s3'
import * as secretsSdk from '@aws-sdk/client-secrets-manager'
import { SNSClient } from '@aws-sdk/client-sns'
import { z } from 'zod'
import { s3Reader } from '../lambdas/core/aws/s3-reader.ts'
import { s3Store } from '../lambdas/core/aws/s3-store.ts'
import { secretStore } from '../lambdas/core/aws/secret-store.ts'
import { TransientError } from '../lambdas/core/errors.ts'
import { jsonIn } from '../lambdas/core/json/forms.ts'
import type { TablePorts } from '../lambdas/core/lake/read-table.ts'
import type { ObjectStore, SecretStore } from '../lambdas/core/ports.ts'
import { type JsonObject, readObject } from '../local/json.ts'
import { livingClaimant } from '../local/process/claim-file.ts'
import { projectRoot } from '../local/template/assembly.ts'
import { visible } from '../schemas/compiler/visible.ts'
import { type StackFacts, stackFactsForm } from '../settings/stack-facts.ts'
import { type RunQuery, runQuery } from './athena/query.ts'
import { callFunction } from './call-function.ts'
import { deleteUnchanged } from './delete-unchanged.ts'
import { inShell } from './in-shell.ts'
import { type AlarmMails, readAlarmMails } from './status/alarm-mails.ts'

/**
 * A pipeline to work on, on AWS or on this machine. Commands find everything through S3; only those that check or set
 * up sources call functions and read secrets.
 */
export interface Installation {
  readonly facts: StackFacts
  readonly ops: ObjectStore
  readonly lake: TablePorts & { readonly lists: ObjectStore }
  /** Runs SQL in the deployment's workgroup and database; absent in a local run, which has no Athena. */
  readonly query?: RunQuery | undefined
  /**
   * Deletes an object of the lake's bucket, unless another writer has replaced or deleted it since.
   * @param etag of the object as it was written or read
   */
  deleteUnchanged(key: string, etag: string): Promise<void>
  /** Who is told of alarms; absent in a local run, which tells nobody, and for an older stack. */
  alarmMails?(): Promise<AlarmMails | undefined>
  /** For what is not about objects, such as the policy of a bucket. */
  readonly s3: sdk.S3Client
  /** Calls a function and waits. @returns its answer @throws when it cannot be called, or fails */
  call(functionName: string, event: object): Promise<unknown>
  /** The current value of a secret; `undefined` when it is empty. @throws {StoreError} when it cannot be read */
  readonly secrets: SecretStore
  /** Puts another value into a secret; the former one becomes the previous one. */
  storeSecret(secretId: string, value: string): Promise<void>
  /** Whether it is a run on this machine. */
  readonly isLocal: boolean
  /** The functions' time, in milliseconds since 1970: the clock of a local run can be shifted. */
  now(): number
  close(): void
  /** The options that name it to a printed command, with a space at their end; empty for the default. */
  readonly options: string
}

/** Options of every command that works on an installation, for `parseArgs`. */
export const installationOptions = {
  data: { type: 'string' },
  'ops-bucket': { type: 'string' },
} as const

/** The help on these options. */
export const installationHelp = `\
  --data FOLDER     the folder of a local run that is running (default: .audit-lake)
  --ops-bucket NAME the output OpsBucketName of a stack on AWS (default: AUDITLAKE_OPS_BUCKET in the environment);
                    credentials and region are those of the AWS CLI`

/** The installation that the command line names. */
export interface InstallationChoice {
  readonly data?: string | undefined
  readonly 'ops-bucket'?: string | undefined
}

interface Lazy<T extends { destroy(): void }> {
  /** @param region the region of the stack, which that of the AWS CLI need not be */
  get(region: string): T
  destroy(): void
}

/** A client that most commands never make. */
function lazy<T extends { destroy(): void }>(make: (region: string) => T): Lazy<T> {
  let made: T | undefined
  return {
    get(region) {
      made ??= make(region)
      return made
    },
    destroy: () => made?.destroy(),
  }
}

/** Access to the stores of an installation. */
interface Access {
  readonly client: sdk.S3Client
  readonly lambda: Lazy<LambdaClient>
  readonly secrets: Lazy<secretsSdk.SecretsManagerClient>
  readonly athena?: Lazy<AthenaClient>
  readonly sns?: Lazy<SNSClient>
  readonly isLocal: boolean
  readonly opsBucket: string
  now(): number
  /** Names the installation in messages, with the remedy if its facts are missing. */
  readonly place: string
  readonly remedy: string
}

/** Times in milliseconds; each request is answered at once, however long the query takes. */
const athenaPatience = { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true }

const opsBucketVariable = 'AUDITLAKE_OPS_BUCKET'

/** The stack's facts, in the ops bucket. */
const factsKey = 'stack.json'

/**
 * Opens the installation that the command line, or else the environment, names; the local run by default.
 * @throws with a remedy, when no local run is running there, or the ops bucket or the stack's facts cannot be read
 */
export async function openInstallation(
  choice: InstallationChoice,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Installation> {
  const access = accessTo(choice, environment)
  const { client, lambda, secrets, athena, sns, isLocal, opsBucket, now } = access
  const close = () => {
    for (const one of [client, lambda, secrets, athena, sns]) one?.destroy()
  }
  const s3 = async () => ({ sdk, client })
  const ops = s3Store(s3, opsBucket)
  try {
    const facts = await readFacts(ops, access)
    const bucket = facts.buckets.lake
    const lake = { lists: s3Store(s3, bucket), files: s3Reader(s3, bucket), bucket }
    return {
      facts,
      ops,
      lake,
      s3: client,
      now,
      close,
      isLocal,
      options: printedOptions(choice),
      query: athena && ((sql, options) => runQuery(athena.get(facts.region), facts, sql, options)),
      ...(sns &&
        facts.alarmTopic !== undefined && { alarmMails: alarmMailsOf(() => sns.get(facts.region), facts.alarmTopic) }),
      deleteUnchanged: (key, etag) => deleteUnchanged(client, bucket, key, etag),
      call: (functionName, event) => callFunction(lambda.get(facts.region), functionName, event),
      secrets: secretStore(async () => ({ sdk: secretsSdk, client: secrets.get(facts.region) })),
      async storeSecret(SecretId, SecretString) {
        await secrets.get(facts.region).send(new secretsSdk.PutSecretValueCommand({ SecretId, SecretString }))
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * The ops bucket of the stack on AWS that the command line, or else the environment, names; `undefined` for a local
 * run.
 * @throws when the command line names both
 */
export function namedOpsBucket(
  { data, 'ops-bucket': named }: InstallationChoice,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (data !== undefined && named !== undefined) {
    throw new Error('--data names a local run and --ops-bucket a stack on AWS: give only one of them.')
  }
  return (named ?? (data === undefined ? environment[opsBucketVariable] : undefined)) || undefined
}

/** The options of a choice, as words of a printed command with a space at their end. */
export function printedOptions({ data, 'ops-bucket': bucket }: InstallationChoice): string {
  if (bucket !== undefined) return `--ops-bucket ${inShell(bucket)} `
  return data === undefined ? '' : `--data ${inShell(data)} `
}

function accessTo({ data, 'ops-bucket': named }: InstallationChoice, environment: NodeJS.ProcessEnv): Access {
  const opsBucket = namedOpsBucket({ data, 'ops-bucket': named }, environment)
  if (!opsBucket) return localAccess(localFolder({ data }))
  return {
    client: new sdk.S3Client({ followRegionRedirects: true }),
    lambda: lazy((region) => new LambdaClient({ region })),
    secrets: lazy((region) => new secretsSdk.SecretsManagerClient({ region })),
    athena: lazy((region) => new AthenaClient({ region, maxAttempts: 5, requestHandler: athenaPatience })),
    sns: lazy((region) => new SNSClient({ region })),
    isLocal: false,
    opsBucket,
    now: Date.now,
    place: `The ops bucket ${opsBucket}`,
    remedy: 'The stack writes it within a minute of its deployment. Is this the output OpsBucketName of the stack?',
  }
}

/** @returns nothing where SNS refuses the answer: the rest of a status is worth as much without it */
const alarmMailsOf = (sns: () => SNSClient, topicArn: string) => (): Promise<AlarmMails | undefined> =>
  readAlarmMails(sns(), topicArn).catch(() => undefined)

/** The data folder that a choice names. */
export const localFolder = ({ data }: Pick<InstallationChoice, 'data'>): string =>
  path.resolve(data ?? path.join(projectRoot, '.audit-lake'))

function localAccess(folder: string): Access {
  const file = path.join(folder, 'run.json')
  const { data: run } = runForm.safeParse(readRun(folder, file))
  if (!run)
    throw new Error(
      `${file} was not written by this version of npm start. Stop that run and start it again, or name another folder with --data.`,
    )
  const { region, credentials, endpoints, buckets } = run
  return {
    client: new sdk.S3Client({ endpoint: endpoints.s3, region, credentials }),
    lambda: lazy(() => new LambdaClient({ endpoint: endpoints.lambda, region, credentials })),
    secrets: lazy(
      () => new secretsSdk.SecretsManagerClient({ endpoint: endpoints.secretsmanager, region, credentials }),
    ),
    isLocal: true,
    opsBucket: buckets.ops,
    now: () => Date.now() + clockOffset(folder),
    place: `The local run in ${folder}`,
    remedy: 'It does so within its first minute: try again then.',
  }
}

const runForm = z.object({
  region: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  endpoints: z.object({ s3: z.string(), lambda: z.string(), secretsmanager: z.string() }),
  buckets: z.object({ ops: z.string() }),
})

/** What the run that works in a folder writes of itself. @throws when none lives there, or it is not ready */
function readRun(folder: string, file: string): JsonObject {
  const run = readObject(file)
  if (livingClaimant(run) === undefined) {
    throw new Error(
      `No local run is running in ${folder}. Start one with "npm start", name the folder of another with --data, or name a stack on AWS with --ops-bucket.`,
    )
  }
  if (run.ready !== true) throw new Error(`The local run in ${folder} is still starting: try again when it is ready.`)
  return run
}

/** The shift of the functions' clock in a local run, in milliseconds. */
export function clockOffset(folder: string): number {
  const offset = readObject(path.join(folder, 'clock.json')).offsetMs
  return typeof offset === 'number' ? offset : 0
}

/** Reads the facts of a stack. @throws with the remedy, when they are missing or unknown */
export async function readFacts(
  ops: Pick<ObjectStore, 'get'>,
  { place, remedy }: Pick<Access, 'place' | 'remedy'>,
): Promise<StackFacts> {
  const stored = await ops.get(factsKey).catch((cause: unknown) => {
    throw new Error(`${place} cannot be read: ${reasonOf(cause)}`, { cause })
  })
  if (!stored) throw new Error(`${place} does not say yet what it consists of: ${factsKey} is missing. ${remedy}`)
  const { data } = stackFactsForm.safeParse(jsonIn(stored.body))
  if (!data)
    throw new Error(
      `${place} holds a ${factsKey} of another version. Use the commands of the commit that is deployed, or deploy this one.`,
    )
  return data
}

/**
 * The message of an error on one line, or its name where the SDK leaves the message empty. Of our own errors about a
 * store, the SDK's message is shown, which they leave out for logs but a person at a terminal may see.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return visible(String(error))
  if (error instanceof TransientError && error.cause !== undefined) return reasonOf(error.cause)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  if (error.message === '') return code
  const isNamed = code === 'Error' || error.message.includes(code)
  return visible(isNamed ? error.message : `${error.message} (${code})`)
}
