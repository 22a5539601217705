import { stripVTControlCharacters } from 'node:util'
import { plainObjectIn } from '../../lambdas/core/json/forms.ts'

/** Where people type: a terminal, or what a test puts in its place. */
export type Keyboard = NodeJS.ReadableStream & {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
}

const interrupt = '\x03'
const endOfInput = '\x04'
const rubOut = /[\b\x7f]/
const clear = '\x15'

/** Calls a function with each text that comes from the keyboard, unseen. @returns ends that */
export function onKeys(keyboard: Keyboard, take: (text: string) => void): () => void {
  const listener = (chunk: string | Buffer) => take(String(chunk))
  keyboard.setEncoding('utf8')
  keyboard.setRawMode?.(true)
  keyboard.on('data', listener)
  keyboard.resume()
  return () => {
    keyboard.off('data', listener)
    keyboard.setRawMode?.(false)
    keyboard.pause()
  }
}

/** Whether a text from the keyboard has Ctrl-C in it. */
export const isInterrupt = (text: string): boolean => text.includes(interrupt)

/**
 * Reads what is typed or pasted until Enter, without showing it. JSON may have several lines: it ends with the line
 * that makes it whole, or with an empty one.
 * @returns `undefined` after Ctrl-C, and when the input ends without a text
 */
export function readHidden(keyboard: Keyboard): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const finish = (result: string | undefined) => {
      keyboard.off('end', ended)
      stop()
      resolve(result)
    }
    const ended = () => finish(text === '' ? undefined : text)
    const stop = onKeys(keyboard, (chunk) => {
      // Arrow keys, and what surrounds a paste.
      for (const character of stripVTControlCharacters(chunk)) {
        if (character === interrupt) return finish(undefined)
        if (character === endOfInput) return ended()
        if (rubOut.test(character)) text = [...text].slice(0, -1).join('')
        else if (character === clear) text = ''
        else if (character !== '\r' && character !== '\n') text += character
        else if (isWhole(text)) return finish(text)
        else text += '\n'
      }
    })
    keyboard.once('end', ended)
  })
}

const isWhole = (text: string): boolean =>
  !text.trimStart().startsWith('{') || plainObjectIn(text) !== undefined || text.endsWith('\n')

/** Reads one key: whether it is y for yes. Ctrl-C is no. */
export function readYes(keyboard: Keyboard): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = onKeys(keyboard, (chunk) => {
      stop()
      resolve(/^y/i.test(chunk))
    })
  })
}
