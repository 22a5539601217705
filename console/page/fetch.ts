import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { ApiError } from '../api.ts'
import { forgetToken, takenToken } from './token.ts'

/** Values of a request's address; those that are empty are left out. */
export type Parameters = Readonly<Record<string, string | number>>

/**
 * Asks the server.
 * @throws {Error} with a sentence for a person, when there is no answer or the server says why not
 */
export async function get<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  const given = Object.entries(parameters).flatMap(([name, value]) => (value === '' ? [] : [[name, String(value)]]))
  const query = new URLSearchParams(given).toString()
  return await send<T>(query === '' ? path : `${path}?${query}`, { signal: signal ?? null })
}

/**
 * Orders something of the server.
 * @throws {Error} with a sentence for a person, when there is no answer or the server says why not
 */
export async function post<T>(path: string, body: object, signal?: AbortSignal): Promise<T> {
  return await send<T>(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json' },
    signal: signal ?? null,
  })
}

async function send<T>(path: string, init: RequestInit): Promise<T> {
  const answer = await fetch(`/api/${path}`, {
    ...init,
    headers: { ...init.headers, Authorization: `Bearer ${takenToken() ?? ''}` },
    cache: 'no-store',
  }).catch((error: unknown) => {
    if (isAbort(error)) throw error
    throw new Error(
      'The server of the console does not answer. Start it again in its terminal, and open the link that it prints.',
    )
  })
  if (answer.status === 401) {
    forgetToken()
    throw new Error('The server was started anew and does not know this page any more. Open the link that it printed.')
  }
  const text = await answer.text()
  if (!answer.ok) throw new Error(errorIn(text) ?? `The server answered with status ${answer.status}.`)
  return JSON.parse(text)
}

function errorIn(text: string): string | undefined {
  try {
    // A request that the server refuses before it reads it has a message.
    const { error, message = error }: Partial<ApiError & { message: string }> = JSON.parse(text)
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

/** What is known of an answer. */
export interface Asked<T> {
  /** The last answer, also while the next one is awaited or has failed. */
  readonly data?: T
  /** Why the last request was not answered. */
  readonly error?: string
  readonly isLoading: boolean
  /** How long the last answer took, in milliseconds. */
  readonly tookMs?: number
  /** Asks once more, now. */
  readonly again: () => void
}

/** What an error says to a person. */
const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const never = () => false

/** At most a fifth of the time goes to answers. */
const slowed = (everyMs: number | undefined, tookMs = 0): number | undefined =>
  everyMs === undefined ? undefined : Math.max(everyMs, 4 * tookMs)

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

/**
 * Asks as soon as the view is shown and whenever `ask` changes, which {@link useCallback} keeps; gives up when the view
 * is left.
 * @param ask `undefined`: nothing is asked
 * @param everyMs how long after an answer to ask again, in milliseconds, while the tab is seen; by default never. It is
 *   given the last answer, or `undefined` after an error without one.
 * @param isHeld whether a person would be disturbed by the next answer: asked before the request and before its answer
 *   is shown. What it holds back is tried again after the same time. Always the same function.
 */
export function useAsked<T>(
  ask: ((signal: AbortSignal) => Promise<T>) | undefined,
  everyMs: (data: T | undefined) => number | undefined = () => undefined,
  isHeld: () => boolean = never,
): Asked<T> {
  const [state, setState] = useState<Omit<Asked<T>, 'again'> & { readonly of?: unknown }>({ isLoading: true })
  // Each new turn sends the same request again; an automatic one does not show that it is loading.
  const [turn, setTurn] = useState({ isQuiet: false })
  const again = useCallback(() => setTurn({ isQuiet: false }), [])
  useEffect(() => {
    if (ask === undefined) return
    const leave = new AbortController()
    const round = async () => {
      if (document.hidden) {
        document.addEventListener('visibilitychange', () => void round(), { once: true, signal: leave.signal })
        return
      }
      setState((before) => {
        if (before.of !== ask) return { of: ask, isLoading: true }
        return turn.isQuiet ? before : { ...before, isLoading: true }
      })
      const begun = performance.now()
      try {
        const data = await ask(leave.signal)
        const isUnwelcome = turn.isQuiet && isHeld()
        setState((before) =>
          isUnwelcome ? { ...before } : { data, isLoading: false, tookMs: performance.now() - begun, of: ask },
        )
      } catch (error) {
        if (isAbort(error) || leave.signal.aborted) return
        const tookMs = performance.now() - begun
        setState((before) => ({ ...before, isLoading: false, tookMs, error: sentenceOf(error) }))
      }
    }
    void round()
    return () => leave.abort()
  }, [ask, turn])
  // What takes long to answer is asked for less often.
  const wait = ask && slowed(everyMs(state.data), state.tookMs)
  // Each answer and each error is another state, and begins the wait anew.
  useEffect(() => {
    // Without a token only the next link helps.
    if (wait === undefined || state.isLoading || takenToken() === undefined) return
    const look = () => {
      if (isHeld()) timer = setTimeout(look, wait)
      else setTurn({ isQuiet: true })
    }
    let timer = setTimeout(look, wait)
    return () => clearTimeout(timer)
  }, [state, wait, isHeld])
  return { ...state, again }
}

/** An order that a person gives, and what became of it. */
export interface Ordered<A, T> {
  readonly give: (order: A) => void
  readonly isUnderWay: boolean
  readonly result?: T
  readonly error?: string
  /** Gives up the order that is under way, and what the one before has answered. */
  readonly forget: () => void
}

/** Sends an order when a person gives it; one at a time, and given up when the view is left. */
export function useOrder<A, T>(send: (order: A, signal: AbortSignal) => Promise<T>): Ordered<A, T> {
  const [state, setState] = useState<Pick<Ordered<A, T>, 'isUnderWay' | 'result' | 'error'>>({ isUnderWay: false })
  const open = useRef<AbortController>(undefined)
  useEffect(() => () => open.current?.abort(), [])
  const give = async (order: A) => {
    open.current?.abort()
    const leave = new AbortController()
    open.current = leave
    // What was answered before stays until the next answer.
    setState(({ result }) => ({ isUnderWay: true, ...(result !== undefined && { result }) }))
    try {
      const result = await send(order, leave.signal)
      if (!leave.signal.aborted) setState({ isUnderWay: false, result })
    } catch (error) {
      if (!leave.signal.aborted && !isAbort(error)) setState({ isUnderWay: false, error: sentenceOf(error) })
    }
  }
  const forget = () => {
    open.current?.abort()
    setState({ isUnderWay: false })
  }
  return { ...state, give: (order) => void give(order), forget }
}
