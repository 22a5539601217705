/** Providers by name, so that core stays free of them even before their connectors exist. */
const known = ['anthropic', 'github', 'hex', 'slack']

/** Words that stand beside `hex` when it means the notation of numbers. */
const notation = new Set(['hex', 'to', 'from', 'is', 'as', 'in', 'of', 'digest', 'digit', 'digits', 'string', 'text'])

/** The well-known providers, and every other one that has a folder of connectors. */
export function providerNames(paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => /^lambdas\/connectors\/([^/]+)\//.exec(path)?.[1] ?? [])
  return [...new Set([...known, ...folders.map((folder) => folder.toLowerCase())])]
}

/** The provider that an identifier or a text names, if it names one. Short names count as whole words only. */
export function namedProvider(text: string, providers: readonly string[]): string | undefined {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
  if (words.every((word) => notation.has(word))) return undefined
  return providers.find((name) => (name.length > 4 ? text.toLowerCase().includes(name) : words.includes(name)))
}
