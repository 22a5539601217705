import { hash, timingSafeEqual } from 'node:crypto'
import { findEvents } from '../../core/intake/find-events.ts'
import { webhookLimits } from '../../core/webhook/limits.ts'
import type { WebhookSource, WebhookStream } from '../../core/webhook/stream.ts'

/** Digests have equal lengths, so that comparing them does not reveal the secret's. */
const digest = (text: string): Buffer => hash('sha256', text, 'buffer')

/**
 * Hex's audit log stream: a static secret in a configurable header; events as an array, a single object or one a line.
 * A 401 stops the stream until an operator sets it up again: https://workos.com/docs/audit-logs/log-streams
 */
export const webhook: WebhookStream = {
  verify(request, secrets, { options }) {
    const given = request.header(headerName(options))
    if (given === undefined) return false
    return secrets.some((secret) => timingSafeEqual(digest(secret), digest(given)))
  },
  read: (_request, content) => findEvents(content, webhookLimits.events),
  probe: (secret, { options }) => ({
    body: '[]',
    headers: { 'content-type': 'application/json' },
    proof: { [headerName(options)]: secret },
  }),
}

const headerName = ({ header = '' }: WebhookSource['options']): string => header.toLowerCase()
