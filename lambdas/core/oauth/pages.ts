/** How a request of the browser ended. Stable, because logs hold these words. */
export type Outcome = 'started' | keyof typeof sentences

const anew = 'Run npm run connect for a new link.'

/** Status and text of each page. They are fixed, so that no page can show anything of a request or of the provider. */
const sentences = {
  stored: [200, 'AuditLake has stored the credential. You can close this page.'],
  unknown_source: [404, 'AuditLake has no such source, or it takes no consent.'],
  invalid_link: [403, `This link is not valid. ${anew}`],
  expired: [
    410,
    `This link was valid for ten minutes, which have passed, or the clock of the machine that made it is wrong. ${anew}`,
  ],
  used: [410, `This link has been used already; it works once. ${anew}`],
  too_many: [429, `Too many links were opened within a minute. Wait a minute. ${anew}`],
  denied: [403, `You did not consent, so AuditLake has stored nothing. ${anew}`],
  refused: [
    403,
    'AuditLake has stored nothing, because the credential would not work for this source. The command that made the link says why.',
  ],
  provider_down: [502, `The provider gave no usable answer, so AuditLake has stored nothing. ${anew}`],
  store_down: [503, `A store of AuditLake does not answer. ${anew}`],
  internal: [500, `AuditLake failed on this request. ${anew}`],
} as const satisfies Readonly<Record<string, readonly [number, string]>>

/** An answer in the form that API Gateway takes. */
export interface PageAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Nothing of these pages is kept, framed, run, or said to the next site: their addresses hold codes. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
} as const

/** @param location where the browser goes on, for `started` */
export function pageOf(outcome: Outcome, location?: string): PageAnswer {
  if (outcome === 'started') return { statusCode: 302, headers: { ...headers, location: location ?? '' }, body: '' }
  const [statusCode, sentence] = sentences[outcome]
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>AuditLake</title></head><body><p>${sentence}</p></body></html>\n`
  return { statusCode, headers, body }
}
