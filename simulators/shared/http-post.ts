export interface PostResult {
  /** Whether the answer was 2xx and in time. */
  readonly ok: boolean
  /** Absent when there was no answer. */
  readonly status?: number
  readonly error?: string
  /** Text of the answer. */
  readonly body?: string
  readonly durationMs: number
}

/** Sends one request, without following redirects. Never throws: errors are part of the result. */
export async function postOnce(
  url: string,
  request: {
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
    readonly timeoutMs: number
    readonly signal?: AbortSignal | undefined
  },
): Promise<PostResult> {
  const { headers, body, timeoutMs, signal } = request
  const started = performance.now()
  const durationMs = () => Math.round(performance.now() - started)
  const limits = [AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.any(limits),
    })
    const text = await answer.text()
    return { ok: answer.ok, status: answer.status, body: text, durationMs: durationMs() }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    return { ok: false, error: cause instanceof Error ? cause.message : String(cause), durationMs: durationMs() }
  }
}
