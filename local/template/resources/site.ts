import type { CloudWatch } from '../../aws/cloudwatch/cloudwatch.ts'
import type { Faults } from '../../aws/gateway/faults.ts'
import type { Gateway } from '../../aws/gateway/gateway.ts'
import type { HttpApi } from '../../aws/http-api/http-api.ts'
import type { Permissions } from '../../aws/iam/permissions.ts'
import type { EventSource } from '../../aws/lambda/event-source.ts'
import type { FunctionSpec } from '../../aws/lambda/function.ts'
import type { FunctionPool } from '../../aws/lambda/pool.ts'
import type { Schedule } from '../../aws/scheduler/schedule.ts'
import type { RunClock } from '../../run-clock.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'

/** The local stand-in for an account: existing resources, and the means to make more. */
export interface Site {
  readonly gateway: Gateway
  /** Folder of each asset, by the object key under which the template knows it. */
  readonly assetFolders: ReadonlyMap<string, string>
  readonly permissions: Permissions
  readonly faults: Faults
  readonly clock: RunClock
  readonly cloudWatch: CloudWatch
  readonly functions: Map<string, FunctionPool>
  readonly apis: Map<string, HttpApi>
  /** Addresses of the APIs by the base URLs of their custom domains. */
  readonly domains: Map<string, string>
  /** The function behind each integration of an HTTP API, by the integration's id. */
  readonly integrations: Map<string, FunctionPool>
  readonly eventSources: EventSource[]
  /** By the name of the invoked function. */
  readonly schedules: Map<string, Schedule>
  /** Reports a failure that no caller sees. */
  report(functionName: string, message: string): void
  launch(spec: FunctionSpec): FunctionPool
  openApi(id: string): Promise<HttpApi>
}

/** Makes one kind of resource. @returns its values for `Ref` and `Fn::GetAtt` */
export type ResourceKind = (declared: Declared, site: Site) => ResourceValues | Promise<ResourceValues>

export function arn(site: Site, service: string, resource: string): string {
  return `arn:aws:${service}:${site.gateway.region}:${site.gateway.accountId}:${resource}`
}

/** The last segment of an ARN, which for queues and functions is the name; a name is returned as it is. */
export function nameInArn(arnOrName: string): string {
  return arnOrName.slice(arnOrName.lastIndexOf(':') + 1)
}
