import type { Principal } from '../iam/principals.ts'

/** A function as the template declares it. */
export interface FunctionSpec {
  readonly name: string
  readonly arn: string
  /** Folder of the bundle. */
  readonly taskRoot: string
  /** File and export, such as `index.handler`. */
  readonly handler: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly logGroup: string
  readonly variables: Readonly<Record<string, string>>
  readonly maxInstances: number
}

/** The surroundings of a function on this machine. */
export interface FunctionSurroundings {
  readonly region: string
  readonly endpoint: string
  readonly principal: Principal
  /** Program that its processes run. */
  readonly bootstrap: string
  /** Folder in which each process gets one for temporary files. */
  readonly disks: string
  /** Control file for the shift of `Date`; need not exist. */
  readonly clockFile: string
  /** Variables that replace the template's: addresses of simulated providers. Filled before the first start. */
  readonly variables: Record<string, string>
}
