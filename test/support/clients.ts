import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { onTestFinished } from 'vitest'
import { type Gateway, type GatewayOptions, startGateway } from '../../local/aws/gateway/gateway.ts'

/** A gateway and the SDK's clients for it, set up as a function of the pipeline has them. */
export interface Stack {
  readonly gateway: Gateway
  readonly s3: S3Client
  readonly sqs: SQSClient
  readonly secrets: SecretsManagerClient
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'audit-lake-stores-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Starts a gateway that ends with the test at the latest. */
export async function startStack(options: Partial<GatewayOptions> = {}): Promise<Stack & { stop(): Promise<void> }> {
  const gateway = await startGateway({ dataDir: await temporaryFolder(), ...options })
  const { accessKeyId, secretAccessKey } = gateway.principals.create('tester')
  const client = {
    endpoint: gateway.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  }
  const clients = { s3: new S3Client(client), sqs: new SQSClient(client), secrets: new SecretsManagerClient(client) }
  let stopping: Promise<void> | undefined
  const stop = () => {
    for (const one of Object.values(clients)) one.destroy()
    stopping ??= gateway.close()
    return stopping
  }
  onTestFinished(stop)
  return { gateway, ...clients, stop }
}
