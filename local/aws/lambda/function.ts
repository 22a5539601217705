import type { Principal } from '../iam/principals.ts'

/** A function as the template declares it. */
export interface FunctionSpec {
  readonly name: string
  readonly arn: string
  /** Folder that holds the bundle. */
  readonly taskRoot: string
  /** File and export, such as `index.handler`. */
  readonly handler: string
  readonly timeoutSeconds: number
  readonly memoryMegabytes: number
  readonly logGroup: string
  readonly variables: Readonly<Record<string, string>>
  readonly maxInstances: number
}

/** What surrounds a function when it runs on this machine. */
export interface FunctionSurroundings {
  readonly region: string
  readonly endpoint: string
  readonly principal: Principal
  /** The program of its processes. */
  readonly bootstrap: string
  /** Says by how much `Date` is shifted; need not exist. */
  readonly clockFile: string
  /** What is set in place of the template's variables: addresses of simulated providers. Filled before the first start. */
  readonly variables: Record<string, string>
}
