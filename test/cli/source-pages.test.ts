import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { explanations } from '../../cli/verify/verified.ts'
import type { SourceType } from '../../lambdas/connectors/manifest.ts'
import { meanings } from '../../lambdas/connectors/slack/error-codes.ts'
import { manifests } from '../../settings/manifests.ts'
import { settingsSchema } from '../../settings/settings-form.ts'

/** The pages of docs/sources, against manifests and connectors. */

const root = join(import.meta.dirname, '../..')
const pageOf = (provider: string): string => readFileSync(join(root, `docs/sources/${provider}.md`), 'utf8')

/** Text without what Markdown and line breaks add, in small letters. */
const plain = (text: string): string => text.replaceAll(/[*`]/g, '').replaceAll(/\s+/g, ' ').toLowerCase()

/** Every text of set-up facts, at any depth, cut where a placeholder stands. */
function textsIn(facts: unknown): string[] {
  if (typeof facts === 'string') {
    return facts
      .split(/\{[a-z][A-Za-z]*\}/)
      .map(plain)
      .filter((text) => text.trim() !== '')
  }
  if (typeof facts !== 'object' || facts === null) return []
  return Object.entries(facts).flatMap(([name, value]) =>
    name === 'when' ? textsIn(Object.keys(value)) : textsIn(value),
  )
}

/** The cells of every row of every table. */
const rowsOf = (page: string): string[][] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))

const faultNames = new Set(Object.keys(explanations))
const faultRows = (page: string): string[][] =>
  rowsOf(page).filter(([first = '']) => faultNames.has(first.replaceAll('`', '')))

/**
 * The faults that `npm run verify` can name for a provider: those of its connector, and those that no connector names.
 */
function faultsOf(provider: string, types: readonly SourceType[]): Set<string> {
  const code = globSync(`lambdas/connectors/${provider}/*.ts`, { cwd: root })
    .filter((file) => !/manifest[^/]*\.ts$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
  const named = code.flatMap((text) => [...text.matchAll(/'([a-z-]+)'/g)].map(([, word = '']) => word))
  const isAsked = types.some(({ mode }) => mode !== 'webhook')
  return new Set([
    ...named.filter((word) => faultNames.has(word)),
    'placeholder',
    'no-egress',
    ...(isAsked ? ['settings'] : []),
  ])
}

describe.each([...manifests])('docs/sources/%s.md', (provider, { sourceTypes }) => {
  const page = pageOf(provider)

  test.each(Object.entries(sourceTypes))('has every fact of the set-up of %s', (name, type) => {
    const [, block = ''] = page.split(new RegExp(`<!-- (?:end of )?set-up of ${name}(?::.*)? -->`))
    const facts = [type.setUp, 'recovery' in type && type.recovery?.setUp, 'oauth' in type && type.oauth]
    const missing = facts.flatMap(textsIn).filter((text) => !plain(block).includes(text))
    expect(missing).toEqual([])
  })

  test('explains every fault that can be named, and no other, in a table', () => {
    const explained = faultRows(page).map(([fault = '']) => fault.replaceAll('`', ''))
    expect(new Set(explained)).toEqual(faultsOf(provider, Object.values(sourceTypes)))
    for (const cells of faultRows(page)) expect(cells.at(-1)).toMatch(/\w+ \w+/)
  })

  test('has tables that fit into 120 columns', () => {
    const wide = page.split('\n').filter((line) => /^\s*\|/.test(line) && line.length >= 120)
    expect(wide).toEqual([])
  })

  test('shows settings that are accepted', () => {
    const examples = [...page.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].map(([, , yaml = '']) => yaml)
    expect(examples).not.toEqual([])
    for (const yaml of examples) {
      const text = yaml.replaceAll('BUCKET', 'a-bucket').replaceAll('NUMBER', '123456789012')
      expect(settingsSchema.safeParse({ sources: parse(text) }).error?.issues).toBeUndefined()
    }
  })
})

test('the page of Slack explains every code of Slack, those with a fault in the row of that fault', () => {
  const rows = rowsOf(pageOf('slack'))
  const missing = Object.entries(meanings).filter(
    ([code, { fault }]) =>
      !rows.some(
        (cells) => cells.some((cell) => cell.includes(`\`${code}\``)) && (!fault || cells[0] === `\`${fault}\``),
      ),
  )
  expect(missing.map(([code]) => code)).toEqual([])
})
