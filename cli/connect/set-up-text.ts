import { isDeepStrictEqual } from 'node:util'
import type { CredentialKind, FormField, ProviderForm, SetUpFacts } from '../../lambdas/connectors/manifest-set-up.ts'
import { counts, fill, type SourceValues } from './fill.ts'

/** What to type where at the provider, so that it sends or writes the events of a source. */
export function formLines({ forms = [], events = [] }: SetUpFacts, values: SourceValues): string[] {
  const lines = linesOfAll(forms, values, () => [])
  return lines.length === 0 || events.length === 0 ? lines : [...lines, '', ...eventLines(events)]
}

/** How to get each kind of credential of a source, and what its secret takes. */
export function credentialLines({ credentials = [] }: SetUpFacts, values: SourceValues): string[] {
  return linesOfAll(credentials, values, (kind) => [`  Put in: ${secretText(kind)}`])
}

/** The forms that count; of each that has the fields of the one before it, only how to find it. */
function linesOfAll<T extends ProviderForm>(
  forms: readonly T[],
  values: SourceValues,
  more: (form: T) => readonly string[],
): string[] {
  const possible = forms.filter((form) => counts(form, values))
  return possible.flatMap((form, index) => {
    const { name, role, path, fields, page } = form
    const isSame = isDeepStrictEqual(fields, possible[index - 1]?.fields)
    return [
      '',
      `${index === 0 ? 'Make' : 'Or make'} ${fill(name, values)}. Needed: ${fill(role, values)}.`,
      `  ${path.map((step) => fill(step, values)).join(' > ')}`,
      ...(isSame ? ['    the same values'] : fieldLines(fields, values)),
      `  More: ${page}`,
      ...more(form),
    ]
  })
}

function fieldLines(fields: readonly FormField[], values: SourceValues): string[] {
  const width = Math.max(0, ...fields.map(({ field }) => field.length))
  return fields.map(({ field, value }) => `    ${field.padEnd(width)}  ${fill(value, values)}`)
}

function eventLines(events: NonNullable<SetUpFacts['events']>): string[] {
  const width = Math.max(...events.map(({ label }) => label.length))
  return [
    'Events worth choosing, as far as the form offers them:',
    ...events.map(({ label, shows }) => `    ${label.padEnd(width)}  ${shows}`),
  ]
}

/** What the secret takes of a kind of credential. */
export function secretText({ alone, json }: CredentialKind): string {
  if (json === undefined) return 'it as it is'
  return alone ? `it alone, or ${json}` : json
}
