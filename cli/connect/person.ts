import { text } from 'node:stream/consumers'
import type { Display } from './display.ts'
import { type Keyboard, readHidden, readYes } from './keyboard.ts'

/** Where a credential comes from, and who answers questions about it. */
export interface Person {
  /** Whether there is a terminal, so that a question can be answered. */
  readonly isThere: boolean
  /** What stands on stdin where that is no terminal; `undefined` when it is empty. */
  given(): Promise<string | undefined>
  /** Asks for a secret text without showing it. @returns `undefined` after Ctrl-C */
  askFor(what: string): Promise<string | undefined>
  askWhetherToKeep(): Promise<boolean>
}

export function personAt(keyboard: Keyboard, display: Display): Person {
  const isThere = keyboard.isTTY === true
  const ask = async <T>(question: string, read: (keyboard: Keyboard) => Promise<T>): Promise<T> => {
    for (const line of question.split('\n')) display.note(line)
    return await read(keyboard)
  }
  return {
    isThere,
    given: async () => {
      const whole = isThere ? '' : await text(keyboard)
      return whole.trim() === '' ? undefined : whole
    },
    askFor: (what) => ask(`\nPaste ${what} and press Enter. Nothing of it is shown.`, readHidden),
    askWhetherToKeep: () => ask('Keep it in the secret all the same? Press y for yes, any other key for no.', readYes),
  }
}
