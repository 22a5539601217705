import { onOneLine } from '../../local/screen/one-line.ts'
import type { AthenaFinding } from './athena-finding.ts'

/** One JSON object. */
export function athenaJson({ check, subject, ok, asked, says, remedy }: AthenaFinding): string {
  return JSON.stringify({ check, subject, ok, asked: asked ?? null, says: says ?? null, remedy: remedy ?? null })
}

const what: Readonly<Record<AthenaFinding['check'], string>> = {
  'first-row': 'first row of a day',
  workgroup: 'workgroup',
  table: 'table',
  view: 'view',
  'day-without-list': 'day without a list',
  'empty-list': 'empty list',
}

/** Whether it works, with the answer; if not, what was asked, Athena's reason, and what to do. */
export function* athenaText({ check, subject, ok, asked, says = '', remedy }: AthenaFinding): Generator<string> {
  const name = `Athena, ${what[check]} (${subject})`
  if (ok) {
    yield onOneLine(`${name}: works: ${says}`)
    return
  }
  yield onOneLine(`${name}: ${ok === null ? 'not settled yet' : 'DOES NOT WORK'}`)
  for (const line of [asked === undefined ? undefined : `asked: ${asked}`, says, remedy]) {
    if (line) yield `  ${onOneLine(line)}`
  }
}
