import { expect } from 'vitest'

/** A consent page as a browser shows it. */
export interface ShownForm {
  readonly status: number
  readonly html: string
  /** Values of the fields of a name. */
  values(name: string): readonly string[]
  /**
   * Sends the form, without following the answer.
   * @param choices values in place of those chosen at first, by the name of the field
   * @returns where the person is sent; `undefined` when the page shows an error
   */
  submit(answer: 'allow' | 'cancel', choices?: Readonly<Record<string, readonly string[]>>): Promise<URL | undefined>
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

const decoded = (text: string): string => text.replace(/&(#39|\w+);/g, (_all, name: string) => entities[name] ?? '')

export async function openForm(url: string): Promise<ShownForm> {
  const answer = await fetch(url, { redirect: 'manual' })
  const html = await answer.text()
  const inputs = [...html.matchAll(/<input type="(\w+)" name="([^"]*)" value="([^"]*)"( checked)?>/g)].map(
    ([, type = '', name = '', value = '', checked]) => ({
      name: decoded(name),
      value: decoded(value),
      isSent: type === 'hidden' || checked !== undefined,
    }),
  )
  return {
    status: answer.status,
    html,
    values: (name) => inputs.filter((input) => input.name === name).map(({ value }) => value),
    async submit(button, choices = {}) {
      const [, action = ''] = /<form method="post" action="([^"]*)">/.exec(html) ?? []
      const fields = new URLSearchParams({ answer: button })
      for (const { name, value, isSent } of inputs) if (isSent && !(name in choices)) fields.append(name, value)
      for (const [name, values] of Object.entries(choices)) for (const value of values) fields.append(name, value)
      const target = new URL(decoded(action), url)
      expect(target.origin).toBe(new URL(url).origin)
      const sent = await fetch(target, { method: 'POST', body: fields, redirect: 'manual' })
      const location = sent.headers.get('location')
      return sent.status === 302 && location !== null ? new URL(location) : undefined
    },
  }
}
