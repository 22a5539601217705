import type { Logger } from '@aws-lambda-powertools/logger'
import type { Metrics } from '@aws-lambda-powertools/metrics'
import type { AwsIdentity } from '../google/federation.ts'
import type { TablePorts } from '../lake/read-table.ts'
import type { ObjectStore } from '../ports.ts'
import type { Publisher } from '../publish/publish.ts'
import type { HttpClient } from './provider/http.ts'
import type { KeptSecret } from './provider/kept-secret.ts'
import type { PolledSource } from './source.ts'

/** Everything with which a function fetches from a source, whatever the form of the source's log. */
export interface SourcePorts {
  readonly source: PolledSource
  /** Base URL of the provider's API, unless it is the public one. */
  readonly apiUrl: string | undefined
  /** Base URL of the provider's website, unless it is the public one. */
  readonly webUrl: string | undefined
  readonly secret: KeptSecret
  readonly http: HttpClient
  /** Who the function is in AWS, for providers that trust it. */
  readonly identity: AwsIdentity
  /** Takes recent events. */
  readonly publisher: Pick<Publisher, 'publish'>
  /** Takes what is fetched in bulk. */
  readonly bulkPublisher: Pick<Publisher, 'publish' | 'publishResolutions'>
  /** Keeps the state of sources and their jobs. */
  readonly ops: ObjectStore
  readonly lake: TablePorts
  readonly logger: Logger
  readonly metrics: Metrics
}
