const paths = { organization: 'orgs', enterprise: 'enterprises' } as const

/** The forms with a number, which GitHub's links to further pages have. */
const numberedPaths = { organization: 'organizations', enterprise: 'enterprises' } as const

export interface AuditPath {
  /** URL of the log, without a query. */
  readonly url: string
  /** Whether the URL has the path of the log, as asked for or with the number of the owner. */
  isOf(url: URL): boolean
}

/** Where the audit log of an organization or enterprise is. */
export function auditPath(apiUrl: string, scope: keyof typeof paths, name: string): AuditPath {
  const url = `${apiUrl}/${paths[scope]}/${encodeURIComponent(name)}/audit-log`
  const own = new URL(url).pathname.toLowerCase()
  const before = `${new URL(apiUrl).pathname.replace(/\/$/, '')}/${numberedPaths[scope]}/`.toLowerCase()
  return {
    url,
    isOf({ pathname }) {
      const path = pathname.toLowerCase()
      return path === own || (path.startsWith(before) && /^\d+\/audit-log$/.test(path.slice(before.length)))
    },
  }
}
