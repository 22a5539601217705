import { createHmac, randomUUID } from 'node:crypto'
import type { Pipeline } from './pipeline.ts'

export interface Reply {
  readonly status: number
  readonly body: { readonly message?: string; readonly received?: number; readonly failed?: number }
}

/** A sender of signed webhooks to one source of a pipeline. */
export interface HookSender {
  readonly url: string
  /** The secret at the time when the sender was made. */
  readonly secret: string
  readonly secretId: string
  /** Posts a body with a signature and a new GUID; the given headers replace those. */
  post(body: string | Uint8Array<ArrayBuffer>, headers?: Readonly<Record<string, string>>, key?: string): Promise<Reply>
  /** Posts that many events with this mark, several at a time, and returns the answers. */
  postMany(count: number, mark: string, connections?: number): Promise<Reply[]>
}

export const signatureOf = (body: string | Uint8Array, key: string): string =>
  `sha256=${createHmac('sha256', key).update(body).digest('hex')}`

export function hookSender({ run }: Pipeline, sourceId = 'hooks'): HookSender {
  const { url = '', secretId = '' } = run.ready.webhooks[sourceId] ?? {}
  const secret = run.gateway.secrets.current(secretId)
  const sender: HookSender = {
    url,
    secret,
    secretId,
    async post(body, headers = {}, key = secret) {
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'push',
          'x-github-delivery': randomUUID(),
          'x-github-hook-id': '1',
          'x-hub-signature-256': signatureOf(body, key),
          ...headers,
        },
      })
      const text: Reply['body'] = JSON.parse(await answer.text())
      return { status: answer.status, body: text }
    },
    async postMany(count, mark, connections = 16) {
      const replies: Reply[] = []
      let next = 0
      const work = async () => {
        while (next < count) replies.push(await sender.post(JSON.stringify({ action: mark, number: next++ })))
      }
      await Promise.all(Array.from({ length: connections }, work))
      return replies
    },
  }
  return sender
}
