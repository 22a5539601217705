import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import type { AccessKey } from '../../local/aws/iam/principals.ts'
import type { Json, JsonObject } from '../../local/json.ts'
import { type LocalRun, type LocalRunOptions, startLocal } from '../../local/run.ts'
import { parseTemplate } from '../../local/template/template.ts'
import { temporaryFolder } from './clients.ts'

/** The issuer whose identities the templates trust. */
export const issuer = 'https://tokens.example.com'
export const trustedSubject = 'https://example.com/octo'

const attribute = (id: string, name = 'Arn'): JsonObject => ({ 'Fn::GetAtt': [id, name] })
const objectsOf = (bucketArn: Json): JsonObject => ({ 'Fn::Join': ['', [bucketArn, '/*']] })
const allow = (Action: string | string[], Resource: Json, more: JsonObject = {}): JsonObject => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})
const document = (...Statement: JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement })
const resource = (Type: string, Properties: JsonObject, DependsOn: string[] = []): JsonObject => ({
  Type,
  Properties,
  ...(DependsOn.length > 0 && { DependsOn }),
})

/** A queue to which S3 may send under a condition. */
export function queueFor(condition: JsonObject): JsonObject {
  const statement = allow('sqs:SendMessage', attribute('Created'), {
    Principal: { Service: 's3.amazonaws.com' },
    Condition: condition,
  })
  return {
    Created: resource('AWS::SQS::Queue', {}),
    CreatedPolicy: resource('AWS::SQS::QueuePolicy', {
      Queues: [{ Ref: 'Created' }],
      PolicyDocument: document(statement),
    }),
  }
}

/** A bucket that notifies the queue, as the stack makes it. */
export function ownBucket(notifications?: JsonObject): JsonObject {
  const configured = { QueueConfigurations: [{ Event: 's3:ObjectCreated:*', Queue: attribute('Created') }] }
  return {
    ...queueFor({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
    Stream: resource('AWS::S3::Bucket', { NotificationConfiguration: notifications ?? configured }, ['CreatedPolicy']),
  }
}

/** A role that the issuer's identities of one subject and audience may assume, to write to the bucket. */
export function webIdentityRole(
  bucketArn: Json = attribute('Stream'),
  trusted = { issuer, subject: trustedSubject },
): JsonObject {
  const { host } = new URL(trusted.issuer)
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRoleWithWebIdentity',
    Principal: { Federated: { Ref: 'Issuer' } },
    Condition: { StringEquals: { [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:sub`]: trusted.subject } },
  }
  return {
    Issuer: resource('AWS::IAM::OIDCProvider', { Url: trusted.issuer, ClientIdList: ['sts.amazonaws.com'] }),
    Writer: resource('AWS::IAM::Role', {
      RoleName: 'stream-writer',
      AssumeRolePolicyDocument: document(trust),
      Policies: [{ PolicyName: 'Put', PolicyDocument: document(allow('s3:PutObject', objectsOf(bucketArn))) }],
    }),
  }
}

/** A user who may write to the bucket, and a secret with the user's key. */
export function userWithKey(): JsonObject {
  const text = ['{"accessKeyId":"', { Ref: 'Key' }, '","secretAccessKey":"', attribute('Key', 'SecretAccessKey'), '"}']
  return {
    User: resource('AWS::IAM::User', { UserName: 'stream-user' }),
    Put: resource('AWS::IAM::Policy', {
      PolicyName: 'Put',
      PolicyDocument: document(allow('s3:PutObject', objectsOf(attribute('Stream')))),
      Users: [{ Ref: 'User' }],
    }),
    Key: resource('AWS::IAM::AccessKey', { UserName: { Ref: 'User' } }),
    KeySecret: resource('AWS::SecretsManager::Secret', {
      Name: 'stream-key',
      SecretString: { 'Fn::Join': ['', text] },
    }),
  }
}

/** A function that names a stream's bucket as the stack's reader does. */
export function reader(bucket: Json, type = 'test-stream', options: JsonObject = {}): JsonObject {
  const arn = { 'Fn::Join': ['', ['arn:aws:s3:::', bucket]] }
  return {
    ReaderRole: resource('AWS::IAM::Role', {
      RoleName: 'stream-reader',
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'lambda.amazonaws.com' },
      }),
      Policies: [
        {
          PolicyName: 'Read',
          PolicyDocument: document(allow('s3:GetObject', objectsOf(arn)), allow('s3:ListBucket', arn)),
        },
      ],
    }),
    Reader: resource('AWS::Lambda::Function', {
      FunctionName: 'reader',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Key: 'reader.zip' },
      Role: attribute('ReaderRole'),
      Environment: {
        Variables: {
          SOURCE_TYPE: type,
          SOURCE: JSON.stringify({ id: 'stream', label: 'A stream', ...options }),
          STREAM_BUCKET: bucket,
        },
      },
    }),
    // Not enabled, because tests read the messages themselves.
    Mapping: resource('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: attribute('Created'),
      FunctionName: { Ref: 'Reader' },
      Enabled: false,
    }),
  }
}

/** Runs a template of these resources; ends with the test. */
export async function runTemplate(
  resources: JsonObject,
  {
    outputs = {},
    ...options
  }: Partial<Pick<LocalRunOptions, 'dataDir' | 'openBuckets' | 'port' | 'simulators'>> & { outputs?: JsonObject } = {},
): Promise<LocalRun> {
  const code = mkdtempSync(path.join(tmpdir(), 'reader-'))
  onTestFinished(() => rmSync(code, { recursive: true }))
  writeFileSync(path.join(code, 'index.js'), 'exports.handler = async () => {}')
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }]))
  const run = await startLocal({
    dataDir: await temporaryFolder(),
    simulators: false,
    ...options,
    assembly: {
      template: parseTemplate({ Resources: resources, Outputs }),
      assetFolders: new Map([['reader.zip', code]]),
    },
  })
  onTestFinished(() => run.stop())
  return run
}

/** A client for the run's S3, by default the operator's. */
export function s3Of({ ready, gateway }: LocalRun, key: AccessKey = ready.credentials): S3Client {
  const { accessKeyId, secretAccessKey, sessionToken } = key
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
  const client = new S3Client({ endpoint: gateway.url, region: ready.region, credentials, maxAttempts: 1 })
  onTestFinished(() => client.destroy())
  return client
}

/** The contents of all messages that are in the queue of created objects. */
export async function createdMessages({ ready, gateway }: LocalRun): Promise<unknown[]> {
  const client = new SQSClient({ endpoint: gateway.url, region: ready.region, credentials: ready.credentials })
  const QueueUrl = gateway.queues.queueUrl('created')
  const bodies: unknown[] = []
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))
    if (Messages.length === 0) break
    for (const { Body = '' } of Messages) bodies.push(JSON.parse(Body))
  }
  client.destroy()
  return bodies
}
