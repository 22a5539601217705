/**
 * How an operator sets a source up at its provider, as data: `npm run connect` and the pages of docs/sources show it.
 *
 * Values may hold placeholders in braces, which `npm run connect` replaces. `{url}` and `{secret}`: address and secret
 * of a webhook. `{region}`, `{writtenBucket}`, `{writerRole}`, `{writerKeyId}`, `{writerKeySecret}`: how the provider
 * writes into the bucket of a stream. Every other name is that of an option of the source type.
 */
export interface SetUpFacts {
  /** The provider's plan that has the log. */
  readonly plan: string
  /** The forms in which the provider is told where to send the events, recommended first. One of them is filled in. */
  readonly forms?: readonly ProviderForm[]
  /** The kinds of credential that the source takes, recommended first. One of them is put in. */
  readonly credentials?: readonly CredentialKind[]
  /** The events with security value, where the provider sends only what is chosen. */
  readonly events?: readonly RecommendedEvent[]
  /** How one knows at the provider and here that it works. */
  readonly works: string
}

/** A form of the provider's product. */
export interface ProviderForm {
  /** What the form makes, such as "a webhook of an organization". */
  readonly name: string
  /** Who may do it. */
  readonly role: string
  /** What to click, in order. "the organization" and the like stand for what the user has named. */
  readonly path: readonly string[]
  readonly fields: readonly FormField[]
  /** The provider's page about the form. */
  readonly page: string
  /** Options for which the form counts: their value, or whether they are set. @default for all */
  readonly when?: Readonly<Record<string, string | boolean>>
}

/** A field of a form, as the provider names it, and what to type or choose. */
export interface FormField {
  readonly field: string
  readonly value: string
}

/** A credential that the provider gives out, and the form that makes it. */
export interface CredentialKind extends ProviderForm {
  /** Its scopes or permissions, by the provider's names. @default whatever it has from the provider */
  readonly rights?: string
  /** Whether the secret can be the credential alone. */
  readonly alone?: true
  /** The credential in JSON, with `…` for each value. */
  readonly json?: string
}

/** An event to choose in the provider's form. */
export interface RecommendedEvent {
  /** Its name in the data. */
  readonly event: string
  /** Its name in the form. */
  readonly label: string
  readonly shows: string
}
