import { expect, test } from 'vitest'
import { redrawing } from '../../../local/screen/redraw.ts'
import { rememberingScreen } from '../../support/screen.ts'

/** The rows of a terminal that breaks lines again when it becomes narrower, by what was written to it. */
function rowsAfter(output: string, columns: number, drawnAt: number): string[] {
  const rows: string[] = ['']
  let row = 0
  const begin = '\u001b'
  for (const [part] of output.matchAll(
    new RegExp(`${begin}\\[(\\?)?(\\d*)([A-Za-z])|\\r|\\n|[^${begin}\\r\\n]+`, 'g'),
  )) {
    const [, , count = '', command] = new RegExp(`^${begin}\\[(\\??)(\\d*)([A-Za-z])`).exec(part) ?? []
    if (part === '\n') rows[++row] ??= ''
    else if (command === 'A') row = Math.max(0, row - Number(count || 1))
    else if (command === 'J') rows.splice(row, rows.length, '')
    else if (command === 'K') rows[row] = ''
    else if (command === undefined && part !== '\r') rows[row] += part
    if (part === resizeMark) {
      rows[row] = ''
      const reflowed = rows.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''])
      rows.splice(0, rows.length, ...reflowed)
      row = rows.length - 1
    }
  }
  expect(drawnAt).toBeGreaterThan(columns)
  return rows.filter((line) => line !== '')
}

const resizeMark = '<resized>'

test('a terminal that becomes narrower keeps no rest of what was drawn before', () => {
  const { stream, written } = rememberingScreen({ isTTY: true, columns: 60 })
  const redraw = redrawing(stream, { NO_COLOR: '1' })
  redraw?.persist('a note that stays')
  redraw?.show(['a'.repeat(55), 'b'.repeat(20), 'c'.repeat(60)])
  stream.write(resizeMark)
  stream.columns = 25
  stream.emit('resize')
  redraw?.show(['d'.repeat(25), 'e'])
  redraw?.done()
  expect(rowsAfter(written(), 25, 60)).toEqual(['a note that stays', 'd'.repeat(25), 'e'])
  expect(stream.listenerCount('resize')).toBe(0)
})
