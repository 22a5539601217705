import { type Assembly, synthesize } from './assembly.ts'
import { DataFolder } from './data-folder.ts'
import { FunctionLogs } from './functions/logs.ts'
import { FunctionPool } from './functions/pool.ts'
import { RuntimeApi } from './functions/runtime-api.ts'
import { type Gateway, startGateway } from './gateway/gateway.ts'
import { HttpApi } from './http-api.ts'
import {
  conditionHolds,
  creationOrder,
  type ResourceValues,
  resolveOutputs,
  resolveProperties,
  type Scope,
} from './intrinsics.ts'
import { Declared } from './resources/declared.ts'
import { kindOf } from './resources/kinds.ts'
import type { Role, Site } from './resources/site.ts'
import { startSimulators } from './simulators.ts'
import { webhookSources } from './sources.ts'

/** Instances that one function may grow to: enough to show concurrency, and a laptop stays usable. */
const instancesPerFunction = 4

export interface LocalRunOptions {
  /** The settings file; by default the project's own. */
  readonly config?: string
  /** Folder for everything that outlives the run. */
  readonly dataDir: string
  /** Port of the HTTP API; by default any free one. */
  readonly port?: number
  /** Whether simulated providers send to the sources; default true. */
  readonly simulators?: boolean
  /** What the start is busy with, a line each. */
  readonly onProgress?: (text: string) => void
  /** Every line that a function prints. */
  readonly onLogLine?: (functionName: string, line: string) => void
  readonly onFunctionFailure?: (functionName: string, message: string) => void
  /** Gives the start up. */
  readonly signal?: AbortSignal
}

/** What a run tells once it takes requests: all that a person or a script needs to use it. */
export interface Ready {
  readonly ready: true
  readonly region: string
  /** An operator's: everything is allowed to them. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly endpoints: { readonly s3: string; readonly sqs: string; readonly secretsmanager: string }
  readonly buckets: Readonly<Record<string, string>>
  readonly webhooks: Readonly<Record<string, { readonly url: string; readonly secretId: string }>>
  readonly secrets: Readonly<Record<string, string>>
}

export interface LocalRun {
  readonly ready: Ready
  readonly gateway: Gateway
  readonly functions: ReadonlyMap<string, FunctionPool>
  readonly roles: ReadonlyMap<string, Role>
  /** Lets what is under way finish, ends all processes and gives the folder back. */
  stop(): Promise<void>
}

/**
 * Synthesizes the stack and runs its template on this machine.
 *
 * @throws when the folder is in use, the settings have problems, the port is taken, or the template holds what cannot
 *   run here; nothing is left behind then.
 */
export async function startLocal(options: LocalRunOptions): Promise<LocalRun> {
  const closers: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
  try {
    const data = DataFolder.claim(options.dataDir)
    closers.push(() => data.release())
    options.onProgress?.('Synthesizing the stack')
    const assembly = await synthesize(options.config, data.in('cdk.out'))
    options.signal?.throwIfAborted()
    options.onProgress?.('Starting what the template describes')
    const { site, outputs } = await build(assembly, data, options, closers)
    const ready = describe(site, outputs)
    data.publish(ready)
    for (const source of site.eventSources) source.start()
    if (options.simulators ?? true) closers.push(startSimulators(webhookSources(site), site.gateway))
    options.signal?.throwIfAborted()
    return { ready, gateway: site.gateway, functions: site.functions, roles: site.roles, stop: once(stop) }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Makes every resource of the template, each after those that it refers to. */
async function build(
  { template, assetFolders }: Assembly,
  data: DataFolder,
  options: LocalRunOptions,
  closers: (() => unknown)[],
): Promise<{ site: Site; outputs: Record<string, string> }> {
  const site = await openSite(assetFolders, data, options, closers)
  const created = new Map<string, ResourceValues>()
  const scope: Scope = { template, pseudoParameters: pseudoParameters(site.gateway), created }
  for (const id of creationOrder(template)) {
    const { type, condition } = template.resources.get(id) ?? { type: '', condition: undefined }
    if (condition !== undefined && !conditionHolds(condition, scope)) continue
    created.set(id, await kindOf(id, type)(new Declared(id, type, resolveProperties(id, scope)), site))
  }
  return { site, outputs: resolveOutputs(scope) }
}

async function openSite(
  assetFolders: ReadonlyMap<string, string>,
  data: DataFolder,
  options: LocalRunOptions,
  closers: (() => unknown)[],
): Promise<Site> {
  const gateway = await startGateway({ dataDir: data.path })
  closers.push(() => gateway.close())
  const runtimeApi = await RuntimeApi.start()
  closers.push(() => runtimeApi.close())
  const logs = new FunctionLogs(data.in('logs'))
  closers.push(() => logs.close())
  const report = (functionName: string, message: string): void => {
    logs.write(functionName, message)
    options.onFunctionFailure?.(functionName, message)
  }
  let { port = 0 } = options
  const site: Site = {
    gateway,
    assetFolders,
    roles: new Map(),
    functions: new Map(),
    apis: new Map(),
    integrations: new Map(),
    eventSources: [],
    report,
    launch: (spec) =>
      new FunctionPool(
        { ...spec, maxInstances: Math.min(spec.maxInstances, instancesPerFunction) },
        {
          surroundings: {
            region: gateway.region,
            endpoint: gateway.url,
            principal: gateway.principals.create(spec.name),
          },
          runtimeApi,
          onLine: (line) => {
            logs.write(spec.name, line)
            options.onLogLine?.(spec.name, line)
          },
          onFailure: ({ errorType, errorMessage }) => report(spec.name, `${errorType}: ${errorMessage}`),
        },
      ),
    openApi: async (id) => {
      const api = await HttpApi.start({ id, accountId: gateway.accountId, port })
      port = 0
      return api
    },
  }
  const stopAll = (all: Iterable<{ stop(): Promise<void> }>) => Promise.all([...all].map((one) => one.stop()))
  closers.push(
    () => stopAll(site.functions.values()),
    () => stopAll(site.eventSources),
    () => stopAll(site.apis.values()),
  )
  return site
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html */
function pseudoParameters({ region, accountId }: Gateway): Record<string, string> {
  return {
    'AWS::AccountId': accountId,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/local/local`,
    'AWS::StackName': 'local',
    'AWS::URLSuffix': 'amazonaws.com',
  }
}

function describe(site: Site, outputs: Readonly<Record<string, string>>): Ready {
  const { url, region, principals } = site.gateway
  const { accessKeyId, secretAccessKey } = principals.create('operator')
  const sources = webhookSources(site)
  return {
    ready: true,
    region,
    credentials: { accessKeyId, secretAccessKey },
    endpoints: { s3: url, sqs: url, secretsmanager: url },
    buckets: bucketsIn(outputs),
    webhooks: Object.fromEntries(sources.map(({ id, url, secretId }) => [id, { url, secretId }])),
    secrets: Object.fromEntries(sources.map(({ id, secretId }) => [id, secretId])),
  }
}

/** The stack names its buckets in outputs such as `LakeBucketName`; `lake` is what that one is called here. */
function bucketsIn(outputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([output, value]) => {
      const name = /^(\w+)BucketName$/.exec(output)?.[1]
      return name === undefined ? [] : [[name.toLowerCase(), value]]
    }),
  )
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= action()
    return done
  }
}
