import { mkdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { CloudWatch } from './aws/cloudwatch/cloudwatch.ts'
import { Faults } from './aws/gateway/faults.ts'
import { accountId, startGateway } from './aws/gateway/gateway.ts'
import { HttpApi } from './aws/http-api/http-api.ts'
import type { DecisionLog } from './aws/iam/decision-log.ts'
import { Permissions } from './aws/iam/permissions.ts'
import type { FunctionSpec } from './aws/lambda/function.ts'
import { FunctionLogs } from './aws/lambda/logs.ts'
import { FunctionPool } from './aws/lambda/pool.ts'
import { bundleBootstrap } from './aws/lambda/runtime.ts'
import type { DataFolder } from './data-folder.ts'
import { RunClock } from './run-clock.ts'
import type { Site } from './template/resources/site.ts'

/** Processes per function at most: one per processor, and one more because each waits for its stores at times. */
const instancesPerFunction = Math.min(4, availableParallelism() + 1)

/** Receive what a run's functions print and how they fail. */
export interface FunctionListeners {
  /** Called with every line that a function prints. */
  readonly onLogLine?: (functionName: string, line: string) => void
  readonly onFunctionFailure?: (functionName: string, message: string) => void
}

export interface SiteOptions extends FunctionListeners {
  readonly data: DataFolder
  readonly decisions: DecisionLog
  /** Folder of each asset, by the object key under which the template knows it. */
  readonly assetFolders: ReadonlyMap<string, string>
  /** Port of the HTTP API; 0 takes any free one. */
  readonly port: number
  /** Collects the functions that end the site, to be called in reverse order. */
  readonly closers: (() => unknown)[]
}

/** The control file that shifts `Date` in all functions: `{"offsetMs": N}`. */
export const clockFile = 'clock.json'

/** An empty account: stores, permissions, and room for functions. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const { data, decisions, closers, onLogLine, onFunctionFailure } = options
  const logs = new FunctionLogs(data.in('logs'))
  closers.push(() => logs.close())
  const report = (functionName: string, message: string): void => {
    logs.write(functionName, message)
    onFunctionFailure?.(functionName, message)
  }
  const permissions = new Permissions({
    accountId,
    onDecision: (decision) => {
      decisions.write(decision)
      const { allowed, principal, action, resource } = decision
      if (!allowed) report(principal, `the template does not allow ${action} on ${resource}`)
    },
  })
  const faults = new Faults()
  const interceptors = [permissions.interceptor, faults.interceptor]
  const functions = new Map<string, FunctionPool>()
  const clock = new RunClock(data.in(clockFile))
  const now = () => clock.now()
  const gateway = await startGateway({ dataDir: data.path, interceptors, access: permissions, functions, now })
  closers.push(() => gateway.close())

  const cloudWatch = new CloudWatch(gateway.queues, clock)
  const bootstrap = bundleBootstrap(data.path)
  // What functions that were killed have left.
  const disks = data.in('tmp')
  rmSync(disks, { recursive: true, force: true })
  mkdirSync(disks)
  const launch = (spec: FunctionSpec): FunctionPool =>
    new FunctionPool(
      { ...spec, maxInstances: Math.min(spec.maxInstances, instancesPerFunction) },
      {
        surroundings: {
          region: gateway.region,
          endpoint: gateway.url,
          principal: gateway.principals.create(spec.name),
          bootstrap,
          disks,
          clockFile: data.in(clockFile),
          variables: {},
        },
        onLine: (line) => {
          logs.write(spec.name, line)
          cloudWatch.printed(spec.logGroup, line)
          onLogLine?.(spec.name, line)
        },
        onOutcome: (outcome, invokedAt) => cloudWatch.invoked(spec.name, outcome, invokedAt),
        onFailure: ({ errorType, errorMessage }) => report(spec.name, `${errorType}: ${errorMessage}`),
      },
    )
  // The requested port can serve only one API.
  let { port } = options
  const openApi = async (id: string): Promise<HttpApi> => {
    const api = await HttpApi.start({ id, accountId, port })
    api.onAnswer((request) => cloudWatch.answered(id, request))
    port = 0
    return api
  }
  const made = { functions, gateway, permissions, faults, clock, cloudWatch }
  const site: Site = { ...emptySite(), ...made, ...options, report, launch, openApi }
  const stopAll = (all: Iterable<{ stop(): unknown }>) => Promise.all([...all].map((one) => one.stop()))
  closers.push(
    () => stopAll(site.functions.values()),
    () => stopAll(site.eventSources),
    () => stopAll(site.apis.values()),
    () => stopAll(site.schedules.values()),
    () => faults.close(),
  )
  return site
}

function emptySite() {
  return {
    apis: new Map(),
    domains: new Map(),
    integrations: new Map(),
    eventSources: [],
    schedules: new Map(),
  }
}
