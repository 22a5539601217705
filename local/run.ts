import { env as janitorEnv } from '../lambdas/functions/janitor/env.ts'
import type { RingingAlarm } from './aws/cloudwatch/alarm.ts'
import type { Gateway } from './aws/gateway/gateway.ts'
import { checkPort } from './aws/http-api/http-api.ts'
import { collectionVariable, DecisionLog } from './aws/iam/decision-log.ts'
import { operator } from './aws/iam/principals.ts'
import type { FunctionPool } from './aws/lambda/pool.ts'
import type { NotificationFaults } from './aws/s3/notification-faults.ts'
import { useListeners } from './custom-domains.ts'
import { alarmsFile, DataFolder, decisionsFile } from './data-folder.ts'
import { clockFile, type FunctionListeners, openSite } from './open-site.ts'
import { prepareSenders, startProviders } from './simulators.ts'
import {
  consentSources,
  type PolledSource,
  polledSources,
  recoveries,
  streamSources,
  webhookSources,
} from './sources.ts'
import { provideStreamBuckets } from './stream-buckets.ts'
import { startWriters } from './stream-writers.ts'
import type { Assembly } from './template/assembly.ts'
import { provideAssembly } from './template/assembly-cache.ts'
import {
  creationOrder,
  type ResourceValues,
  resolveOutputs,
  resolveProperties,
  type Scope,
} from './template/intrinsics.ts'
import { Declared } from './template/resources/declared.ts'
import { kindOf } from './template/resources/kinds.ts'
import type { Site } from './template/resources/site.ts'
import type { Template } from './template/template.ts'

export interface LocalRunOptions extends FunctionListeners {
  /** The settings file. @default the project's own */
  readonly config?: string
  /** Folder for everything that outlives the run. */
  readonly dataDir: string
  /** Port of the HTTP API. @default that of the last run in the folder if it is free, else any free one */
  readonly port?: number
  /** Seconds between two plans of merges, whatever the settings say. @default 60 */
  readonly mergeEverySeconds?: number
  /** Whether simulated providers send to the sources, and answer for those without an address. @default true */
  readonly simulators?: boolean
  /**
   * Called before anything runs, with the polled sources and the recoveries of webhooks. Its changes to the
   * surroundings of the sources' functions need no new template, so that runs with different addresses or times share
   * one.
   */
  readonly prepare?: (sources: readonly PolledSource[]) => void
  /**
   * Whether the owners of buckets that the template names without making them have let the stack read them.
   * @default true
   */
  readonly openBuckets?: boolean
  /** Called with each step of the start. */
  readonly onProgress?: (text: string) => void
  /** Aborts the start. */
  readonly signal?: AbortSignal
  /** Runs this template instead of the synthesized stack, and leaves the run out of the collected decisions. */
  readonly assembly?: Assembly
  /** Marks the run as one that provokes refusals. @default false */
  readonly expectRefusals?: boolean
}

/** Short enough for a person to see merges. */
const localMergeSeconds = 60

/** The facts of a ready run: everything that a person or a script needs to use it. */
export interface Ready {
  readonly ready: true
  /** Whether simulated providers send. */
  readonly simulated: boolean
  readonly region: string
  /** Credentials of the operator, who may do everything that no policy of a bucket or queue denies. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly endpoints: {
    readonly s3: string
    readonly sqs: string
    readonly secretsmanager: string
    readonly lambda: string
  }
  /** `lake`, `ops`, and those of streams by the source's id. */
  readonly buckets: Readonly<Record<string, string>>
  readonly webhooks: Readonly<Record<string, { readonly url: string; readonly secretId: string }>>
  /** Where the consent of a person begins, by source; a start link adds a signature. */
  readonly oauth: Readonly<Record<string, string>>
  /** By source; that of a webhook's recovery as `<source>.recovery`, a client secret as `<source>.client`. */
  readonly secrets: Readonly<Record<string, string>>
  /** Addresses of the simulated providers that are polled, by source; each has a control endpoint at `/_control`. */
  readonly simulators: Readonly<Record<string, string>>
}

export interface LocalRun extends Pick<Site, 'gateway' | 'functions' | 'schedules' | 'permissions' | 'faults'> {
  readonly ready: Ready
  readonly queueNames: readonly string[]
  /** Of the HTTP APIs. */
  readonly apiUrls: readonly string[]
  /** Ids of all sources. */
  readonly sourceIds: readonly string[]
  /** Disturbs the messages about created objects. */
  readonly notifications: NotificationFaults
  /** @throws when the template has no such function. */
  functionNamed(name: string): FunctionPool
  /** The alarms of the template. */
  readonly alarms: {
    /**
     * Those that ring on the run's clock, by name. The minute under way counts, so after what happened and a shift of
     * the clock there is nothing to wait for.
     */
    ringing(): readonly RingingAlarm[]
  }
  /** Writes the alarms that ring into the folder. @returns these */
  noteAlarms(): readonly RingingAlarm[]
  /** Shifts `Date` in all functions from the next event on; 0 restores the real time. */
  shiftClock(milliseconds: number): void
  /** Finishes the events under way, ends all processes and releases the folder. */
  stop(): Promise<void>
}

/**
 * Runs the stack's template on this machine, after synthesizing it if needed.
 *
 * @throws when the folder is in use, the settings have problems, the port is taken, or the template holds something
 *   that cannot run here. Nothing is left behind then.
 */
export async function startLocal(options: LocalRunOptions): Promise<LocalRun> {
  const closers: (() => unknown)[] = []
  const stop = async (): Promise<void> => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close()
  }
  try {
    const data = await DataFolder.claim(options.dataDir)
    closers.push(() => data.release())
    const { config, signal, onProgress } = options
    const port = await choosePort(options.port, data.lastPort)
    const assembly =
      options.assembly ?? (await provideAssembly(data.in('cdk.out'), { config, signal, onStep: onProgress }))
    signal?.throwIfAborted()
    onProgress?.('Starting what the template describes')
    const collection = options.assembly === undefined ? process.env[collectionVariable] : undefined
    const decisions = new DecisionLog(data.in(decisionsFile), collection)
    closers.push(() => decisions.close())
    const { assetFolders } = assembly
    const site = await openSite({ ...options, port, data, decisions, assetFolders, closers })
    const outputs = await build(assembly.template, site)
    useListeners([...site.functions.values()], site.domains)
    await provideStreamBuckets(site, options.openBuckets ?? true)
    decisions.begin({ grants: site.permissions.grants(), expectRefusals: options.expectRefusals ?? false })
    const simulated = options.simulators ?? true
    const janitor = site.functions.get('janitor')
    Object.assign(janitor?.surroundings.variables ?? {}, {
      [janitorEnv.mergeEverySeconds]: String(options.mergeEverySeconds ?? localMergeSeconds),
    })
    options.prepare?.([...polledSources(site), ...recoveries(site)])
    const providers = await startProviders(simulated ? polledSources(site) : [], site.gateway, consentSources(site))
    closers.push(() => providers.stop())
    const hooks = simulated ? webhookSources(site) : []
    const senders = await prepareSenders(hooks, recoveries(site), site.gateway)
    closers.push(() => senders.stop())
    const ready = describe(site, outputs, { simulated, simulators: providers.urls })
    data.publish(ready)
    const apiUrls = [...site.apis.values()].map(({ url }) => url)
    for (const url of apiUrls) data.rememberPort(Number(new URL(url).port))
    for (const source of [...site.eventSources, ...site.schedules.values()]) source.start()
    senders.start()
    if (simulated) closers.push(await startWriters(streamSources(site), { ...site, outputs }))
    signal?.throwIfAborted()
    return {
      ...handles(site),
      ready,
      apiUrls,
      sourceIds: [...webhookSources(site), ...polledSources(site), ...streamSources(site)].map(({ id }) => id),
      alarms: site.cloudWatch.alarms,
      noteAlarms: () => {
        const ringing = site.cloudWatch.alarms.ringing()
        data.replace(alarmsFile, { ringing })
        return ringing
      },
      shiftClock: (offsetMs) => {
        data.replace(clockFile, { offsetMs })
        site.clock.look()
      },
      stop: once(stop),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @throws when the port that a person asks for is taken */
async function choosePort(asked: number | undefined, last = 0): Promise<number> {
  if (asked !== undefined) {
    await checkPort(asked)
    return asked
  }
  return checkPort(last).then(
    () => last,
    () => 0,
  )
}

function handles({ gateway, functions, schedules, permissions, faults }: Site) {
  const functionNamed = (name: string): FunctionPool => {
    const found = functions.get(name)
    if (found === undefined) throw new Error(`no function is called ${name}; there are ${[...functions.keys()]}`)
    return found
  }
  const queueNames = gateway.queues.names()
  const { faults: notifications } = gateway.objects.notifications
  return { gateway, functions, functionNamed, queueNames, notifications, schedules, permissions, faults }
}

/** Makes every resource of the template, each after those that it refers to. @returns the template's outputs */
async function build(template: Template, site: Site): Promise<Record<string, string>> {
  const created = new Map<string, ResourceValues>()
  const scope: Scope = { template, pseudoParameters: pseudoParameters(site.gateway), created }
  for (const id of creationOrder(template)) {
    const { type } = template.resources.get(id) ?? { type: '' }
    created.set(id, await kindOf(id, type)(new Declared(id, type, resolveProperties(id, scope)), site))
  }
  return resolveOutputs(scope)
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

function describe(
  site: Site,
  outputs: Readonly<Record<string, string>>,
  provided: Pick<Ready, 'simulated' | 'simulators'>,
): Ready {
  const { url, region, principals } = site.gateway
  const { accessKeyId, secretAccessKey } = principals.create(operator)
  const webhooks = webhookSources(site)
  const streams = streamSources(site)
  const withSecrets = [...webhooks, ...polledSources(site), ...streams]
  return {
    ready: true,
    region,
    credentials: { accessKeyId, secretAccessKey },
    endpoints: { s3: url, sqs: url, secretsmanager: url, lambda: url },
    buckets: { ...bucketsIn(outputs), ...Object.fromEntries(streams.map(({ id, bucket }) => [id, bucket])) },
    oauth: Object.fromEntries(consentSources(site).map(({ id, url }) => [id, url])),
    webhooks: Object.fromEntries(webhooks.map(({ id, url, secretId }) => [id, { url, secretId }])),
    secrets: Object.fromEntries([
      ...withSecrets.flatMap(({ id, secretId }) => (secretId === undefined ? [] : [[id, secretId]])),
      ...recoveries(site).map(({ id, secretId }) => [`${id}.recovery`, secretId]),
      ...consentSources(site).map(({ id, clientSecretId }) => [`${id}.client`, clientSecretId]),
    ]),
    ...provided,
  }
}

/** The buckets of the stack that are not those of streams, from its outputs. */
function bucketsIn({ LakeBucketName: lake, OpsBucketName: ops }: Readonly<Record<string, string>>) {
  return { ...(lake !== undefined && { lake }), ...(ops !== undefined && { ops }) }
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= action()
    return done
  }
}
