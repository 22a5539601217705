import { expect, test } from 'vitest'
import { csvOf, jsonOf } from '../../../../console/page/sql/download.ts'
import { quoted } from '../../../../console/page/sql/names.ts'

const result = {
  columns: ['who', 'n'],
  rows: [
    ['=HYPERLINK("http://example.com")', 1],
    ['two\nlines, "quoted"', null],
    ['-1', -1],
  ],
} as const

test('no text of a stranger becomes a formula of a spreadsheet', () => {
  expect(csvOf(result)).toBe(`who,n\n"'=HYPERLINK(""http://example.com"")",1\n"two\\nlines, ""quoted""",\n'-1,-1\n`)
})

test('JSON has the values as they are', () => {
  expect(JSON.parse(jsonOf(result))).toEqual(result.rows.map(([who, n]) => ({ who, n })))
  expect(JSON.parse(jsonOf({ columns: ['n'], rows: [] }))).toEqual([])
})

test.each([
  ['action', 'action'],
  ['_document_id', '_document_id'],
  ['time', '"time"'],
  ['At', '"At"'],
  ['a"; drop table x', '"a""; drop table x"'],
])('a name %s is written as %s', (name, text) => {
  expect(quoted(name)).toBe(text)
})
