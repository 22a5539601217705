import type { SourceType } from '../lambdas/connectors/manifest.ts'
import { manifests } from './manifests.ts'

/** All source types by name, as the connectors' manifests declare them. */
export const sourceTypes: ReadonlyMap<string, SourceType> = new Map(
  [...manifests.values()].flatMap(({ sourceTypes }) => Object.entries(sourceTypes)),
)

/** The streams of a source type with their log types; webhooks have no id. */
export function streamsOf(type: SourceType): readonly { readonly id?: string; readonly logType: string }[] {
  switch (type.mode) {
    case 'webhook':
      return [{ logType: type.logType }]
    case 'poll':
      return type.streams
    case 'stream':
      return [type.stream]
  }
}
