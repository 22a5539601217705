import type { Fault } from '../../lambdas/core/errors.ts'
import type { FoundCheck } from '../ask-for-checks.ts'

/** What was found out about one way in which events arrive: a stream, or `webhook` for what the provider sends. */
export interface Verified extends FoundCheck {
  readonly source: string
  readonly type: string
  readonly label: string
}

/** What a fault means, and what to do about it. */
export interface Explanation {
  readonly means: string
  readonly remedy: string
}

/** Every fault with its explanation. */
export const explanations: Readonly<Record<Fault, Explanation>> = {
  plan: {
    means: "the provider's plan does not include the log",
    remedy: "Move to the plan that the source's page in docs/sources names.",
  },
  role: {
    means: 'the person behind the credential lacks a role',
    remedy: 'Let a person with that role make the credential, and store it.',
  },
  scope: {
    means: 'the credential lacks a scope or permission',
    remedy: 'Add the scope at the provider, or make another credential with it, and store it.',
  },
  sso: {
    means: 'the credential is not authorized for single sign-on',
    remedy: 'Authorize it in its settings at the provider.',
  },
  'app-not-approved': {
    means: 'the organization has not approved the app',
    remedy: 'Let an owner of the organization approve the app in its settings, or store a personal token.',
  },
  'wrong-organization': {
    means: 'the credential belongs to another organization or workspace than the settings name',
    remedy: 'Correct the name in audit-lake.yaml, or store a credential of the right organization.',
  },
  'wrong-key': {
    means: 'the credential is of another kind than the log takes',
    remedy: "Store a credential of the kind that the source's page in docs/sources names.",
  },
  'api-off': { means: 'the API is switched off at the provider', remedy: 'Let an administrator switch it on there.' },
  'expired-or-revoked': {
    means: 'the credential is invalid, expired or revoked',
    remedy: 'Make a new one at the provider, and store it.',
  },
  deactivated: {
    means: 'the app was uninstalled, or the person who installed it was deactivated',
    remedy: 'Install the app again, by a person who stays.',
  },
  placeholder: {
    means: 'the secret is empty, or holds an example',
    remedy: 'Store the credential itself.',
  },
  'no-egress': {
    means: 'the provider cannot be reached',
    remedy:
      'Check apiUrl in audit-lake.yaml, for a webhook the DNS record of its customDomain, and that nothing on the way blocks the connection.',
  },
  settings: { means: 'the settings of the source cannot work', remedy: 'Correct them in audit-lake.yaml, and deploy.' },
}

/** The explanation of a fault; `undefined` without a fault, or for one that this version does not know. */
export const explanationOf = (fault: string | undefined): Explanation | undefined =>
  Object.entries(explanations).find(([name]) => name === fault)?.[1]
