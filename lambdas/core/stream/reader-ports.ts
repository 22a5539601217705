import type { LogSchema } from '../../../schemas/definition.ts'
import { ConfigError } from '../errors.ts'
import { createIntake } from '../intake/intake.ts'
import { isArray, type JsonObject } from '../json/json.ts'
import { compileNormalizer } from '../normalize/normalizer.ts'
import { stateFolder } from '../poll/past/job.ts'
import type { PolledSource } from '../poll/source.ts'
import type { ObjectStore } from '../ports.ts'
import type { Publisher } from '../publish/publish.ts'
import type { StreamBucket } from './bucket.ts'
import { createNameFilter } from './name-filter.ts'
import { readMarks } from './read-marks.ts'
import type { ReaderPorts } from './read-session.ts'
import type { ObjectStream } from './stream.ts'
import { streamStateStore } from './stream-state.ts'

export interface ReaderOptions {
  readonly source: Pick<PolledSource, 'id' | 'label' | 'options'>
  readonly stream: ObjectStream
  /** Schema of the stream's table. */
  readonly schema: LogSchema
  /** Schema of `classification_failures`. */
  readonly failureSchema: LogSchema
  readonly bucket: StreamBucket
  /** Takes what is fetched in bulk. */
  readonly publisher: Pick<Publisher, 'publish'>
  /** Keeps the state of the source. */
  readonly ops: ObjectStore
  /** @default Date.now */
  readonly now?: () => number
}

/**
 * Puts together what the reading of a source's objects needs.
 * @throws {ConfigError} when the options of the source lack what every such source has
 */
export function readerPorts(options: ReaderOptions): ReaderPorts {
  const { source, stream, schema, failureSchema, bucket, publisher, ops, now = Date.now } = options
  const folder = stateFolder(source.id)
  return {
    source: { sourceId: source.id, sourceLabel: source.label },
    bucket,
    nameVerdict: createNameFilter(excludeFiltersIn(source.options)),
    isLeftOut: (event) => stream.isLeftOut(event, source.options),
    intake: createIntake({ normalizer: compileNormalizer(schema), failureSchema, origin: 'stream' }),
    publisher,
    ops,
    stateFolder: folder,
    marks: readMarks(ops, folder),
    state: streamStateStore(ops, folder),
    now,
  }
}

function excludeFiltersIn({ excludeFilters }: JsonObject): readonly string[] {
  if (excludeFilters === undefined || !isArray(excludeFilters)) throw new ConfigError('excludeFilters is not a list')
  return excludeFilters.map(String)
}
