import examples from '@octokit/webhooks-examples' with { type: 'json' }

/** One real payload of GitHub. */
export interface GithubEvent {
  /** What `X-GitHub-Event` says: the body does not repeat it. */
  readonly event: string
  /** What happened, where the event has kinds. */
  readonly action: string | undefined
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * Every example payload of every event, in the order of their publication; `ping` is among them.
 * https://github.com/octokit/webhooks
 */
export const githubEvents: readonly GithubEvent[] = definitions(examples).flatMap(({ name, examples }) =>
  examples.filter(isObject).map((payload) => ({
    event: name,
    action: typeof payload.action === 'string' ? payload.action : undefined,
    payload,
  })),
)

function definitions(value: unknown): { name: string; examples: readonly unknown[] }[] {
  const list = Array.isArray(value) ? value.filter(isDefinition) : []
  if (list.length === 0)
    throw new Error('@octokit/webhooks-examples holds no events: install the version of package.json')
  return list
}

function isDefinition(value: unknown): value is { name: string; examples: readonly unknown[] } {
  return isObject(value) && typeof value.name === 'string' && Array.isArray(value.examples)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
