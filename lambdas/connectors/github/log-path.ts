const auditOwners = { organization: 'orgs', enterprise: 'enterprises' } as const

/** The forms with a number, which GitHub's links to further pages have. */
const numberedAuditOwners = { organization: 'organizations', enterprise: 'enterprises' } as const

export interface LogPath {
  /** URL of the log, without a query. */
  readonly url: string
  /** Whether the URL has the path of the log, as asked for or with the number of the owner. */
  isOf(url: URL): boolean
}

/** Where the audit log of an organization or enterprise is. */
export const auditPath = (apiUrl: string, scope: keyof typeof auditOwners, name: string): LogPath =>
  logPath(apiUrl, {
    owner: `${auditOwners[scope]}/${encodeURIComponent(name)}`,
    numberedOwner: numberedAuditOwners[scope],
    log: 'audit-log',
  })

/** Where the deliveries of a webhook of an organization or of a repository are. */
export const deliveriesPath = (
  apiUrl: string,
  owner: string,
  repository: string | undefined,
  hookId: string,
): LogPath =>
  logPath(apiUrl, {
    ...(repository === undefined
      ? { owner: `orgs/${encodeURIComponent(owner)}`, numberedOwner: 'organizations' }
      : {
          owner: `repos/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`,
          numberedOwner: 'repositories',
        }),
    log: `hooks/${hookId}/deliveries`,
  })

function logPath(
  apiUrl: string,
  { owner, numberedOwner, log }: { readonly owner: string; readonly numberedOwner: string; readonly log: string },
): LogPath {
  const url = `${apiUrl}/${owner}/${log}`
  const own = new URL(url).pathname.toLowerCase()
  const before = `${new URL(apiUrl).pathname.replace(/\/$/, '')}/${numberedOwner}/`.toLowerCase()
  return {
    url,
    isOf({ pathname }) {
      const path = pathname.toLowerCase()
      if (path === own) return true
      const [number = '', ...rest] = path.startsWith(before) ? path.slice(before.length).split('/') : []
      return /^\d+$/.test(number) && rest.join('/') === log
    },
  }
}
