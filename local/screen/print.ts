import { visible } from '../../schemas/compiler/visible.ts'
import type { Screen } from './redraw.ts'

/**
 * Prints a line; what a terminal would obey or hide becomes an escape. All output of commands goes through this file
 * and `redraw.ts`, so that no foreign text can move the cursor, hide text or imitate a line of the command.
 * @returns whether the stream takes more at once
 */
export const printLine = (line: string, stream: Screen = process.stdout): boolean => stream.write(`${visible(line)}\n`)

/** Columns of the terminal that stdout is; `undefined` when it is none. */
export const screenWidth = (): number | undefined => process.stdout.columns

/** Prints text whose line breaks are the command's own. */
export function printText(text: string, stream: Screen = process.stdout): void {
  for (const line of text.split('\n')) printLine(line, stream)
}

/** Prints a value as one line of JSON for scripts, in which hidden characters are escapes. */
export const printJson = (value: object, stream: Screen = process.stdout): boolean =>
  printLine(JSON.stringify(value), stream)
