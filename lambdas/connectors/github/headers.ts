/** https://docs.github.com/en/rest/about-the-rest-api/api-versions; without a User-Agent GitHub answers 403. */
export const githubHeaders = (token: string): Readonly<Record<string, string>> => ({
  accept: 'application/vnd.github+json',
  authorization: `Bearer ${token}`,
  'user-agent': 'AuditLake',
  'x-github-api-version': '2022-11-28',
})
