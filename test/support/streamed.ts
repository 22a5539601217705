import { readFile } from 'node:fs/promises'
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect } from 'vitest'
import { decodeStreamState, type StreamState } from '../../lambdas/core/stream/stream-state.ts'
import { assumeWithWebIdentity } from '../../local/aws/iam/assume-role.ts'
import type { Outcome } from '../../local/aws/lambda/invocation.ts'
import { type StreamSource, streamSources } from '../../local/sources.ts'
import type { Outcome as Expected, StreamObject } from '../../simulators/github/audit-stream-objects.ts'
import { eventually, type Pipeline, query, startPipeline, webhookSettings } from './pipeline.ts'

/** The sources of streams in the settings that all tests of webhooks share. */
export const ownStream = 'stream'
export const foreignStream = 'foreign-stream'

/** GitHub's identity provider, as it names itself and its customer. */
export const githubIdentity = {
  issuer: 'https://oidc-configuration.audit-log.githubusercontent.com',
  audience: 'sts.amazonaws.com',
  subject: 'https://github.com/example-enterprise',
}

/**
 * The pipeline with a stream into a bucket of the stack and one into a bucket of another account. Nothing ticks by
 * itself.
 */
export class StreamedPipeline {
  readonly pipeline: Pipeline
  /** GitHub, which can put objects into the bucket of the stack. */
  readonly github: S3Client
  /** A person with all permissions. */
  readonly operator: S3Client

  private constructor(pipeline: Pipeline) {
    this.pipeline = pipeline
    const { gateway, permissions, ready } = pipeline.run
    const key = assumeWithWebIdentity(this.writerRole, githubIdentity, { permissions, principals: gateway.principals })
    if (!key) throw new Error('GitHub cannot assume the role')
    this.github = this.#client(key)
    this.operator = this.#client(ready.credentials)
  }

  static async start(options: Parameters<typeof startPipeline>[1] = {}): Promise<StreamedPipeline> {
    const pipeline = await startPipeline(webhookSettings, options)
    for (const schedule of pipeline.run.schedules.values()) schedule.stop()
    return new StreamedPipeline(pipeline)
  }

  /** ARN of the role with which GitHub writes. */
  get writerRole(): string {
    const { permissions, gateway, ready } = this.pipeline.run
    const objects = `arn:aws:s3:::${ready.buckets[ownStream]}/*`
    const grant = permissions.grants().find((one) => one.action === 's3:PutObject' && one.resource === objects)
    return `arn:aws:iam::${gateway.accountId}:role/${grant?.principal}`
  }

  source(id: string): StreamSource {
    const source = streamSources(this.pipeline.run).find((one) => one.id === id)
    if (!source) throw new Error(`there is no stream ${id}`)
    return source
  }

  /** Puts objects one after the other. */
  async put(objects: readonly StreamObject[], id = ownStream, client = this.github): Promise<void> {
    const Bucket = this.source(id).bucket
    for (const { name, body } of objects) await client.send(new PutObjectCommand({ Bucket, Key: name, Body: body }))
  }

  async delete(name: string, id = ownStream): Promise<void> {
    await this.operator.send(new DeleteObjectCommand({ Bucket: this.source(id).bucket, Key: name }))
  }

  /** One invocation of the reader by its schedule. */
  async tick(id = ownStream): Promise<Outcome> {
    const schedule = this.pipeline.run.schedules.get(this.source(id).functionName)
    if (!schedule) throw new Error(`${id} has no schedule`)
    const outcome = await schedule.tick()
    expect(outcome).toMatchObject({ ok: true })
    return outcome
  }

  /** The stored state of a stream. */
  async state(id = ownStream): Promise<StreamState | undefined> {
    const { objects } = this.pipeline.run.gateway
    const file = objects.pathOf(this.pipeline.run.ready.buckets.ops ?? '', `state/${id}/stream.json`)
    const body = await readFile(file).catch(() => undefined)
    return body && decodeStreamState(body)
  }

  /** Waits until the table holds all of these events, and expects each in the partition of its time. */
  async expectEvents({ events, usage }: Expected, id = ownStream): Promise<void> {
    const wanted = [...events, ...usage]
      .map(([key, time]) => `${key} ${new Date(time).toISOString().slice(0, 10)}`)
      .sort()
    const found = await eventually(
      async () => {
        const rows = await query(
          this.pipeline.data,
          `select distinct coalesce(_document_id, event_id || '/' || "type") as id, dt from github_audit where p_source_id = '${id}'`,
        )
        return rows.map((row) => `${row.id} ${row.dt}`)
      },
      (rows) => {
        const there = new Set(rows)
        return wanted.every((one) => there.has(one))
      },
    )
    expect(found).toEqual(expect.arrayContaining(wanted))
  }

  async stop(): Promise<void> {
    this.github.destroy()
    this.operator.destroy()
    await this.pipeline.stop()
  }

  #client(credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }): S3Client {
    const { endpoints, region } = this.pipeline.run.ready
    return new S3Client({ credentials, region, endpoint: endpoints.s3, forcePathStyle: true })
  }
}
