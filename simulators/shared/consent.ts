import { isObject } from './json.ts'
import type { SetUp } from './simulator.ts'
import type { SimulatedAnswer } from './simulator-faults.ts'

interface Choosable {
  /** Name of the form's field. */
  readonly name: string
  readonly value: string
  readonly label: string
}

/** The page on which a person lets an app in. */
export interface ConsentPage {
  readonly question: string
  /** Path to which the form is sent. */
  readonly action: string
  /** Fields that come back as they are. */
  readonly hidden: Iterable<readonly [name: string, value: string]>
  /** One of these is chosen, at first the one whose value is `chosen`. */
  readonly places: readonly Choosable[]
  readonly chosen: string
  /** All are checked at first. */
  readonly scopes: readonly Choosable[]
  /** Text of the button that consents. */
  readonly allow: string
}

/** A form without scripts; its buttons send `answer` as `allow` or `cancel`. */
export function consentPage(page: ConsentPage): SimulatedAnswer {
  const { question, action, hidden, places, chosen, scopes, allow } = page
  const input = (type: string, { name, value }: Omit<Choosable, 'label'>, more = '') =>
    `<input type="${type}" name="${escaped(name)}" value="${escaped(value)}"${more}>`
  const labelled = (type: string, item: Choosable, isChecked: boolean) =>
    `<p><label>${input(type, item, isChecked ? ' checked' : '')} ${escaped(item.label)}</label></p>`
  return htmlAnswer(200, [
    `<h1>${escaped(question)}</h1>`,
    `<form method="post" action="${escaped(action)}">`,
    ...[...hidden].map(([name, value]) => input('hidden', { name, value })),
    ...places.map((place) => labelled('radio', place, place.value === chosen)),
    ...scopes.map((scope) => labelled('checkbox', scope, true)),
    `<button name="answer" value="allow">${escaped(allow)}</button>`,
    '<button name="answer" value="cancel">Cancel</button>',
    '</form>',
  ])
}

/** The page in place of the form, when the app's request cannot be answered at its callback. */
export const consentRefusal = (status: number, problem: string): SimulatedAnswer =>
  htmlAnswer(status, ['<h1>Something went wrong</h1>', `<p>${escaped(problem)}</p>`])

function htmlAnswer(status: number, lines: readonly string[]): SimulatedAnswer {
  const head =
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Simulated consent</title></head><body>'
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // Without form-action, which would also stop the redirect to the callback.
      'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
    },
    body: `${[head, ...lines, '</body></html>'].join('\n')}\n`,
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '')

/** The app with its client id from the settings of a source, if they name one. */
export function appOf<App extends object>(example: App, { oauth }: SetUp['options']): App {
  return isObject(oauth) && typeof oauth.clientId === 'string' ? { ...example, clientId: oauth.clientId } : example
}

/** A callback as providers take one; `undefined` for any other text. */
export function callbackOf(text: string | null): URL | undefined {
  const url = text === null ? null : URL.parse(text)
  return url && /^https?:$/.test(url.protocol) && !text?.includes('#') ? url : undefined
}

/** Sends the person back to the app. */
export function backTo(callback: URL, answer: Readonly<Record<string, string>>, state: string | null): SimulatedAnswer {
  const location = new URL(callback)
  for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value)
  if (state !== null) location.searchParams.set('state', state)
  return { status: 302, headers: { location: location.href, 'cache-control': 'no-store' }, body: '' }
}

/** The scopes of a parameter, in which commas or blanks separate them. */
export const scopesIn = (text: string | null): string[] => [...new Set(text?.match(/[^\s,]+/g))]

const lifetimeMs = 600_000

/** The codes that apps exchange: each works once, within ten minutes. */
export class ConsentCodes<T> {
  readonly #invent: () => string
  readonly #codes = new Map<string, { readonly grant: T; readonly until: number; isUsed: boolean }>()

  constructor(invent: () => string) {
    this.#invent = invent
  }

  /** @param now in milliseconds since 1970 */
  give(grant: T, now: number): string {
    const code = this.#invent()
    this.#codes.set(code, { grant, until: now + lifetimeMs, isUsed: false })
    return code
  }

  find(code: string | null, now: number): { readonly grant: T } | 'used' | 'invalid' {
    const found = this.#codes.get(code ?? '')
    if (found === undefined || found.until <= now) return 'invalid'
    return found.isUsed ? 'used' : found
  }

  use(code: string | null): void {
    const found = this.#codes.get(code ?? '')
    if (found) found.isUsed = true
  }

  forget(): void {
    this.#codes.clear()
  }
}
