import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { FunctionSpec } from '../../local/aws/lambda/function.ts'
import { FunctionPool, type PoolOptions } from '../../local/aws/lambda/pool.ts'
import { bootstrapSource } from '../../local/aws/lambda/runtime.ts'

export function fixture(name: string): string {
  return path.join(import.meta.dirname, '../fixtures', name)
}

/** A pool of real processes, by default for the bundle that follows instructions in events. Ends with the test. */
export async function startPool(
  spec: Partial<FunctionSpec> = {},
  options: Partial<PoolOptions> = {},
): Promise<FunctionPool> {
  const name = 'behaviours'
  const pool = new FunctionPool(
    {
      name,
      arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      taskRoot: fixture('behaviours'),
      handler: 'index.handler',
      timeoutSeconds: 20,
      memoryMegabytes: 256,
      logGroup: 'logs-of-behaviours',
      variables: {},
      maxInstances: 4,
      ...spec,
    },
    {
      surroundings: {
        region: 'us-east-1',
        endpoint: 'http://127.0.0.1:9',
        principal: { name, accessKeyId: 'AKIDFUNCTION', secretAccessKey: 'secret' },
        bootstrap: bootstrapSource,
        disks: tmpdir(),
        clockFile: fixture('no-clock.json'),
        variables: {},
      },
      ...options,
    },
  )
  onTestFinished(() => pool.stop())
  return pool
}

/** The function's result; throws if it failed. */
export async function invoke(pool: FunctionPool, event: unknown): Promise<unknown> {
  const outcome = await pool.invoke(event)
  if (!outcome.ok) throw new Error(`${outcome.error.errorType}: ${outcome.error.errorMessage}`)
  return JSON.parse(outcome.payload)
}
