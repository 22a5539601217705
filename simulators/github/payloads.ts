import examples from '@octokit/webhooks-examples' with { type: 'json' }
import { isObject } from '../shared/json.ts'

/** One real payload of GitHub. */
export interface GithubEvent {
  /** Value of `X-GitHub-Event`; the body does not contain it. */
  readonly event: string
  /** The event's `action`, if it has one. */
  readonly action: string | undefined
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * Every example payload of every event, `ping` included, in the package's order.
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
