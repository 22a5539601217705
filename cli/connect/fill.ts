import type { SourceOption } from '../../lambdas/connectors/manifest.ts'
import type { ProviderForm } from '../../lambdas/connectors/manifest-set-up.ts'
import { onOneLine } from '../../local/screen/one-line.ts'

/** The values of a source, as far as they are known. */
export interface SourceValues {
  /** The options of its type. */
  readonly facts: Readonly<Record<string, SourceOption>>
  /** Options that the settings set; absent when the installation does not say. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Values beside the options, such as `url`. */
  readonly others: Readonly<Record<string, string>>
}

/**
 * A text with its placeholders replaced, on one line without control characters; a placeholder without a known value is
 * left as it is.
 */
export function fill(text: string, { facts, options = {}, others }: SourceValues): string {
  const filled = text.replace(/\{([a-z][A-Za-z]*)\}/g, (whole, name: string) => {
    const value = others[name] ?? options[name] ?? defaultOf(facts[name])
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole
  })
  return onOneLine(filled)
}

/** Whether a form counts for a source; every form does where the options are unknown. */
export function counts({ when = {} }: ProviderForm, { facts, options }: SourceValues): boolean {
  if (options === undefined) return true
  return Object.entries(when).every(([name, wanted]) => {
    const value = options[name] ?? defaultOf(facts[name])
    return typeof wanted === 'boolean' ? (value !== undefined) === wanted : value === wanted
  })
}

const defaultOf = (option: SourceOption | undefined): unknown =>
  option !== undefined && 'default' in option ? option.default : undefined
