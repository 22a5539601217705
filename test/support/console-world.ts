import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Installation } from '../../cli/installation.ts'
import type { ApiError } from '../../console/api.ts'
import { startConsole } from '../../console/server/server.ts'
import { folderReader } from '../../local/aws/s3/folder-reader.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'
import type { LakeOfSchemas } from './lake-of-schemas.ts'
import { memoryStore } from './memory-stores.ts'

/** Asks a console as its page does. */
export interface ConsoleClient {
  readonly port: number
  readonly token: string
  /** Without the token. */
  readonly origin: string
  ask(path: string, init?: RequestInit): Promise<Response>
  /** @returns the answer @throws with the error of any other status than 200 */
  get<T extends object>(path: string): Promise<T>
  post<T extends object>(path: string, body: object, init?: RequestInit): Promise<T>
}

/** A client for the link of a console. */
export function clientOf(url: string): ConsoleClient {
  const { origin, port, hash } = new URL(url)
  const token = hash.replace('#token=', '')
  const ask = (where: string, { headers, ...init }: RequestInit = {}) =>
    fetch(`${origin}${where}`, { ...init, headers: { authorization: `Bearer ${token}`, ...headers } })
  const answer = async <T extends object>(response: Response): Promise<T> => {
    if (response.status === 200) return (await response.json()) as T
    const { error } = (await response.json()) as ApiError
    throw new Error(`${response.status}: ${error}`)
  }
  return {
    port: Number(port),
    token,
    origin,
    ask,
    get: async (where) => await answer(await ask(where)),
    post: async (where, body, init) =>
      await answer(
        await ask(where, {
          ...init,
          method: 'POST',
          headers: { origin, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      ),
  }
}

/** Sources of every provider. */
const sources: StackFacts['sources'] = {
  hooks: { type: 'github-webhook', label: 'Hooks', secret: 'hooks-secret' },
  notebooks: { type: 'hex-webhook', label: 'Notebooks', secret: 'notebooks-secret' },
  gh: { type: 'github-audit', label: 'GitHub' },
  slack: { type: 'slack-audit', label: 'Slack' },
  workspace: { type: 'slack-workspace', label: 'Workspace' },
  claude: { type: 'anthropic-activity', label: 'Anthropic' },
}

/** An installation over a lake in a folder, with everything else in memory. */
function installationOver(lake: LakeOfSchemas, query?: Installation['query']) {
  const ops = memoryStore()
  const reader = folderReader(path.join(lake.dataDir, 's3'), lake.bucket)
  const secrets = new Map([['arn:hooks-secret', 'the secret of hooks']])
  const refuse = () => Promise.reject(new Error('nothing answers'))
  const installation = {
    facts: {
      region: 'eu-west-1',
      buckets: { lake: lake.bucket, ops: 'ops' },
      queues: { records: '', recordsBulk: '', deadLetters: '' },
      database: 'auditlake',
      workgroup: 'AuditLake',
      webhooks: { url: 'https://hooks.example', secrets: 'arn:' },
      sources,
    },
    ops: ops.store,
    lake: { lists: { ...memoryStore().store, ...reader }, files: reader, bucket: lake.bucket },
    query,
    secrets: {
      async read(id: string) {
        const value = secrets.get(id)
        return value === undefined ? undefined : { value, createdAt: 0 }
      },
    },
    storeSecret: async (id: string, value: string) => void secrets.set(id, value),
    call: refuse,
    deleteUnchanged: refuse,
    isLocal: query === undefined,
    now: Date.now,
    close() {},
    options: '',
  }
  // Nothing asks S3 itself.
  return { installation: installation as unknown as Installation, ops }
}

/** A console over a lake; ends with the test. */
export async function consoleOver(lake: LakeOfSchemas, query?: Installation['query']) {
  const { installation, ops } = installationOver(lake, query)
  const choice = query ? { 'ops-bucket': 'ops' } : { data: lake.dataDir }
  const { url, close } = await startConsole({ choice, installation })
  onTestFinished(close)
  return { ...clientOf(url), ops }
}
