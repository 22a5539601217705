import type { CredentialKind, FormField } from '../manifest-set-up.ts'

/** Where GitHub's documentation stands. */
export const help = 'https://docs.github.com/en'
/** The same for Enterprise Cloud. */
export const cloud = `${help}/enterprise-cloud@latest`
const tokenPage = `${help}/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens`
const appPage = `${help}/apps/creating-github-apps/registering-a-github-app/registering-a-github-app`
const expiration: FormField = { field: 'Expiration', value: 'a day on which you renew it; the source stops then' }

/** The way to the page where a person makes a token of a kind. */
const tokenPath = (kind: string) =>
  ['your picture', 'Settings', 'Developer settings', 'Personal access tokens', kind, 'Generate new token'] as const

/** A token with scopes. SAML single sign-on has to be allowed for it once. */
export const classicToken = (role: string, scopes: string) =>
  ({
    name: 'a classic personal access token',
    role,
    path: tokenPath('Tokens (classic)'),
    fields: [
      { field: 'Note', value: 'AuditLake' },
      expiration,
      { field: 'Select scopes', value: scopes },
      { field: 'Configure SSO (in the list of tokens)', value: 'Authorize, where single sign-on is enforced' },
    ],
    page: tokenPage,
    rights: scopes,
    alone: true,
    json: '{"token": "…"}',
  }) as const satisfies CredentialKind

/** @param owner The organization to choose as the owner of the token. */
export const fineGrainedToken = (role: string, owner: string, permission: string) =>
  ({
    name: 'a fine-grained personal access token',
    role,
    path: tokenPath('Fine-grained tokens'),
    fields: [
      { field: 'Token name', value: 'AuditLake' },
      { field: 'Resource owner', value: owner },
      expiration,
      { field: 'Permissions', value: permission },
    ],
    page: tokenPage,
    rights: permission,
    alone: true,
    json: '{"token": "…"}',
  }) as const satisfies CredentialKind

/** An App of the organization, installed on it. */
export const app = (permission: string) =>
  ({
    name: 'a GitHub App',
    role: 'Owner of the organization',
    path: ['your picture', 'Organizations', 'Settings', 'Developer settings', 'GitHub Apps', 'New GitHub App'],
    fields: [
      { field: 'GitHub App name', value: 'a name of your own' },
      { field: 'Homepage URL', value: 'any address of yours' },
      { field: 'Webhook', value: 'not active' },
      { field: 'Permissions', value: permission },
      { field: 'Private keys (after creation)', value: 'Generate a private key' },
      { field: 'Install App (after creation)', value: 'Install on the organization' },
    ],
    page: appPage,
    rights: permission,
    json: '{"appId": "…", "installationId": "…", "privateKey": "…"}',
  }) as const satisfies CredentialKind
