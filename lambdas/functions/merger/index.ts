import { readdirSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Logger } from '@aws-lambda-powertools/logger'
import { Metrics } from '@aws-lambda-powertools/metrics'
import middy from '@middy/core'
import type { Context } from 'aws-lambda'
import type { LogSchema } from '../../../schemas/definition.ts'
import { tableSchemas } from '../../../schemas/generated/index.ts'
import { mergerClients } from '../../core/aws/clients.ts'
import { emitCounts } from '../../core/aws/emit.ts'
import { s3Copier } from '../../core/aws/s3-copier.ts'
import { s3Reader } from '../../core/aws/s3-reader.ts'
import { s3Store } from '../../core/aws/s3-store.ts'
import { sqsInbox } from '../../core/aws/sqs-inbox.ts'
import { sqsQueue } from '../../core/aws/sqs-queue.ts'
import { readVariables } from '../../core/env.ts'
import { TransientError } from '../../core/errors.ts'
import { MergeEngine } from '../../core/lake/merge/engine.ts'
import { encodeRequest, type MergeRequest, readRequest } from '../../core/lake/merge/merge-message.ts'
import { type MergeOutcome, mergePartition, type Recheck } from '../../core/lake/merge/merge-partition.ts'
import { env } from './env.ts'

/**
 * Time for which requests are taken, in milliseconds: the next run takes the others, so that few mergers work at once.
 */
const takingTime = 50_000

/** Of the folders for copies below `/tmp`. */
const folderPrefix = 'merge-'

const { lakeBucket, opsBucket, mergesQueueUrl } = readVariables(process.env, env)
const { s3, sqs } = mergerClients()
const ports = {
  lake: s3Store(s3, lakeBucket),
  copies: s3Copier(s3, lakeBucket),
  files: s3Reader(s3, lakeBucket),
  ops: s3Store(s3, opsBucket),
  bucket: lakeBucket,
}
const requests = sqsQueue(sqs, mergesQueueUrl)
const inbox = sqsInbox(sqs, mergesQueueUrl, { perCall: 1, waitSeconds: 0 })
const schemas = new Map(tableSchemas.map((schema) => [schema.table, schema]))
const tables = new Set(schemas.keys())
const logger = new Logger()
const metrics = new Metrics()

// What a run that was killed left: on Lambda, folders outlive it.
for (const name of readdirSync(tmpdir())) {
  if (name.startsWith(folderPrefix)) rmSync(join(tmpdir(), name), { recursive: true, force: true })
}

/**
 * Runs every minute: merges the partitions for which there are requests. One that fails changes nothing, and is
 * requested again with a later plan; one that no merger survives becomes a dead letter.
 */
export const handler = middy<unknown, void>().handler(async (_event, context) => {
  const takesUntil = Date.now() + takingTime
  while (Date.now() < takesUntil) {
    const [message] = await inbox.receive(1)
    if (message === undefined) return
    const request = readRequest(message.body, tables)
    const schema = request && schemas.get(request.table)
    if (request === undefined || schema === undefined)
      logger.error('no request for a merge', { messageId: message.messageId })
    // Nobody else knows of a day that is to be looked at again.
    else if (!(await work(request, schema, context, takesUntil)) && request.recheck === true) continue
    await inbox.remove([message.receipt])
  }
})

/** @returns whether the request is done with: nothing is left to merge, or another request is on its way */
async function work(request: MergeRequest, schema: LogSchema, context: Context, takesUntil: number): Promise<boolean> {
  const { table, dt } = request
  try {
    do {
      if (!report(request, await mergeOnce(request, schema, context))) return true
    } while (Date.now() < takesUntil)
    // Few mergers work at once, so the rest is for the next.
    return (await requests.send([encodeRequest(request)])).length === 0
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    logger.error('partition not merged', { table, dt, error: name, message: message.slice(0, 500) })
    emitCounts(metrics, undefined, { MergeErrors: 1 })
    return false
  }
}

async function mergeOnce(
  { table, dt, recheck, slice }: MergeRequest,
  schema: LogSchema,
  context: Context,
): Promise<MergeOutcome> {
  const folder = await mkdtemp(join(tmpdir(), folderPrefix))
  const spill = join(folder, 'spill')
  await mkdir(spill)
  const engine = new MergeEngine({ folder: spill, memoryMegabytes: Number(context.memoryLimitInMB) })
  const requestRecheck = async (wanted: readonly Recheck[]) => {
    const [unsent] = await requests.send(wanted.map((one) => encodeRequest({ table, ...one, recheck: true })))
    if (unsent) throw new TransientError('no request could be sent to look at days again', { cause: unsent.cause })
  }
  try {
    return await mergePartition({ ...ports, engine, folder, schema, dt, recheck, slice, requestRecheck })
  } finally {
    await engine.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** @returns whether there may be more to merge */
function report({ table, dt }: MergeRequest, outcome: MergeOutcome): boolean {
  const { files, rows, repeated, corrupt, lostRace, isLast } = outcome
  if (files > 0) logger.info('partition merged', { table, dt, files, rows, repeated })
  for (const { key, fault } of corrupt) logger.error('corrupt data file set aside', { key, fault })
  emitCounts(metrics, undefined, { CorruptFiles: corrupt.length })
  // What has come since waits for the next plan: each cut makes a file for each slice.
  return (files > 0 && !isLast) || corrupt.length > 0 || lostRace
}
