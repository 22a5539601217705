import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { mergerClients } from '../../lambdas/core/aws/clients.ts'
import { s3Copier } from '../../lambdas/core/aws/s3-copier.ts'
import { s3Reader } from '../../lambdas/core/aws/s3-reader.ts'
import { s3Store } from '../../lambdas/core/aws/s3-store.ts'
import type { MergePorts } from '../../lambdas/core/lake/merge/merge-partition.ts'

/** The stores of a merger over the wire, from a gateway in a process of its own, as S3 is on other machines. */
export interface MergeStores extends MergePorts {
  stop(): Promise<void>
}

/** Starts a gateway with the buckets `lake` and `ops`. */
export async function startStores(dataDir: string): Promise<MergeStores> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'gateway-process.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  Object.assign(process.env, JSON.parse(await firstLine(child)))
  return { ...mergePorts(), stop: () => ended(child) }
}

/** The stores that the variables of this process lead to, with the merger's own clients. */
export function mergePorts(): MergePorts {
  const { s3 } = mergerClients()
  return {
    lake: s3Store(s3, 'lake'),
    copies: s3Copier(s3, 'lake'),
    files: s3Reader(s3, 'lake'),
    ops: s3Store(s3, 'ops'),
    bucket: 'lake',
  }
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout) for await (const line of createInterface(stdout)) return line
  throw new Error('the gateway did not start')
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill()
  await once(child, 'exit')
}
