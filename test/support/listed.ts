import { readdirSync, readFileSync } from 'node:fs'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { decodeStreamState, type StreamState } from '../../lambdas/core/stream/stream-state.ts'
import { apiUrlVariable } from '../../lambdas/functions/poller/env.ts'
import { accountId } from '../../local/aws/gateway/gateway.ts'
import { localSessionToken } from '../../local/aws/lambda/environment.ts'
import type { LocalRun } from '../../local/run.ts'
import { polledSources } from '../../local/sources.ts'
import { type GcsStreamServer, startGcsStreamServer } from '../../simulators/github/audit-stream-gcs.ts'
import type { AwsIdentity } from '../../simulators/shared/google-aws-identity.ts'
import { audience, byKey, byTrust } from './listed-sources.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { polledSettings } from './polled.ts'

/** The pipeline with two streams into one bucket of a simulated Google Cloud Storage. Nothing ticks by itself. */
export class ListedPipeline {
  readonly pipeline: Pipeline
  readonly server: GcsStreamServer
  readonly #operator: S3Client

  private constructor(pipeline: Pipeline, server: GcsStreamServer) {
    const { credentials, region, endpoints, secrets } = pipeline.run.ready
    this.pipeline = pipeline
    this.server = server
    this.#operator = new S3Client({ credentials, region, endpoint: endpoints.s3, forcePathStyle: true })
    pipeline.run.gateway.secrets.fill(secrets[byKey] ?? '', server.keyFile)
  }

  static async start(): Promise<ListedPipeline> {
    const identities: AwsIdentity[] = []
    const server = await startGcsStreamServer({ flows: false, pool: { audience, identities, subject: () => 'reader' } })
    const pipeline = await startPipeline(polledSettings, {
      prepare(sources) {
        for (const { id, function: one } of sources) {
          if (id !== byKey && id !== byTrust) continue
          const { variables, principal } = one.surroundings
          variables[apiUrlVariable] = server.url
          const arn = `arn:aws:sts::${accountId}:assumed-role/${principal.name}/${principal.name}`
          // The role of the other one is not trusted.
          if (id === byTrust) identities.push({ ...principal, sessionToken: localSessionToken, arn })
        }
      },
    })
    for (const schedule of pipeline.run.schedules.values()) schedule.stop()
    return new ListedPipeline(pipeline, server)
  }

  get run(): LocalRun {
    return this.pipeline.run
  }

  /** One invocation of a source's function by its schedule. */
  async tick(id: string): Promise<void> {
    const own = polledSources(this.run).find((source) => source.id === id)
    const [name = ''] = [...this.run.functions].find(([, one]) => one === own?.function) ?? []
    const schedule = this.run.schedules.get(name)
    if (!schedule) throw new Error(`${id} has no schedule`)
    expect(await schedule.tick()).toMatchObject({ ok: true })
  }

  state(id: string): StreamState | undefined {
    return decodeStreamState(readFileSync(this.pathOf(`state/${id}/stream.json`)))
  }

  /** Puts an object into the ops bucket, as a command would. */
  async put(key: string, body: Uint8Array): Promise<void> {
    await this.#operator.send(new PutObjectCommand({ Bucket: this.run.ready.buckets.ops ?? '', Key: key, Body: body }))
  }

  /** Files below a folder of the ops bucket. */
  files(folder: string): string[] {
    try {
      const found = readdirSync(this.pathOf(folder), { recursive: true, withFileTypes: true })
      return found.filter((entry) => entry.isFile()).map(({ name }) => name)
    } catch {
      return []
    }
  }

  pathOf(key: string): string {
    return this.run.gateway.objects.pathOf(this.run.ready.buckets.ops ?? '', key)
  }

  async stop(): Promise<void> {
    this.#operator.destroy()
    await this.pipeline.stop()
    await this.server.stop()
  }
}
