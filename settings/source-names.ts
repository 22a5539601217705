import type { SourceSettings } from './settings.ts'

/**
 * What CloudFormation calls things of a source. It depends on the source's id alone, so that whatever else changes in
 * the settings or in this code, its secret stays its secret.
 */
export function sourceName(sourceId: string, what: 'Secret' | 'SecretArn' | 'WebhookUrl'): string {
  return `${sourceId.split('-').map(capitalize).join('')}${what}`
}

/** What a function is told of its sources, by their ids. */
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
