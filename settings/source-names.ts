import type { SourceSettings } from './settings.ts'

/** What a source's resources and outputs are for. */
type SourceThing = 'Secret' | 'SecretArn' | 'WebhookUrl' | 'StreamBucket' | 'WriterRole' | 'WriterKey' | 'OwnerCommand'

/**
 * The logical ids and output names of a source. They depend on the source's id alone, so that it keeps its secret
 * whatever else changes in the settings or in this code.
 */
export function sourceName(sourceId: string, what: SourceThing): string {
  return `${sourceId.split('-').map(capitalize).join('')}${what}`
}

/** The environment variable that describes a function's sources, by their ids. */
export function sourcesVariable(
  sources: readonly SourceSettings[],
  secretId: (sourceId: string) => string,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    sources.map(({ id, label, options }) => [id, { ...options, label, secretId: secretId(id) }]),
  )
}

function capitalize(word: string): string {
  return `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`
}
