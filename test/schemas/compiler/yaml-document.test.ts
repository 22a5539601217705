import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseYamlDocument, YamlProblems } from '../../../schemas/compiler/yaml-document.ts'

const cup = z.strictObject({ kind: z.literal('cup'), name: z.string(), volume: z.int().min(1).max(500) })
const plate = z.strictObject({ kind: z.literal('plate'), name: z.string(), deep: z.boolean().optional() })
const kitchen = z
  .strictObject({
    owner: z.string().min(2),
    shelf: z.strictObject({ height: z.number() }).optional(),
    things: z.array(z.discriminatedUnion('kind', [cup, plate])).min(1),
    colour: z.enum(['white', 'black']).optional(),
    lid: z.union([z.string(), z.strictObject({ of: z.string() })]).optional(),
    prices: z.record(z.string().regex(/^[a-z]+$/, 'must be lower-case letters'), z.int()).optional(),
  })
  .superRefine(({ things }, context) => {
    const names = things.map(({ name }) => name)
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) {
        context.addIssue({ code: 'custom', path: ['things', index, 'name'], message: 'is taken; choose another' })
      }
    }
  })

const good = `owner: Ada
things:
  - {kind: cup, name: mug, volume: 300}
`

function problemsOf(text: string, labelKey?: string): string[] {
  try {
    parseYamlDocument('kitchen.yaml', text, kitchen, labelKey)
  } catch (error) {
    if (!(error instanceof YamlProblems)) throw error
    const lines = error.message.split('\n')
    for (const line of lines) expect(line).toMatch(/^kitchen\.yaml:/)
    return lines.map((line) => line.replace('kitchen.yaml:', ''))
  }
  throw new Error('the document was taken')
}

describe('a good document', () => {
  it("gives the schema's result", () => {
    expect(parseYamlDocument('kitchen.yaml', good, kitchen)).toEqual({
      owner: 'Ada',
      things: [{ kind: 'cup', name: 'mug', volume: 300 }],
    })
  })

  it('may begin with a BOM and end its lines with CRLF', () => {
    expect(parseYamlDocument('kitchen.yaml', `\uFEFF${good.replaceAll('\n', '\r\n')}`, kitchen).owner).toBe('Ada')
  })
})

describe('errors in the content', () => {
  it.each<[string, string, string[]]>([
    [
      'a missing key, at the mapping that lacks it',
      `# note\n${good.replace('owner: Ada\n', '')}`,
      ['2:1: owner: is missing; expected text'],
    ],
    [
      'a misspelt key, with the one that was meant',
      `${good}shelf:\n  hight: 3\n`,
      [
        '4:1: shelf.height: is missing; expected a number',
        '5:3: shelf.hight: is not a known key; did you mean "height"? (known here: height)',
      ],
    ],
    [
      'an unknown key that resembles none',
      `${good}roof: red\n`,
      [
        '4:1: roof: is not a known key; remove it or check its place (known here: owner, shelf, things, colour, lid, prices)',
      ],
    ],
    [
      'unquoted text that YAML takes for a number',
      good.replace('Ada', '1815'),
      ['1:8: owner: is 1815; expected text: put it in quotes'],
    ],
    ['a wrong type', good.replace('300', 'plenty'), ['3:36: things[0].volume: is "plenty"; expected a number']],
    ['a number out of range', good.replace('300', '900'), ['3:36: things[0].volume: is 900; expected at most 500']],
    ['a value that was left empty', 'owner: Ada\nthings:\n', ['2:1: things: is empty; expected a list']],
    [
      'a word that is none of the choices',
      `${good}colour: whit\n`,
      ['4:9: colour: is "whit"; expected one of "white"|"black" (did you mean white?)'],
    ],
    [
      'a kind that does not exist',
      good.replace('kind: cup', 'kind: cap'),
      ["3:12: things[0].kind: is \"cap\"; expected 'cup' | 'plate' (did you mean cup?)"],
    ],
    ['a missing kind', good.replace('kind: cup, ', ''), ["3:5: things[0].kind: is missing; expected 'cup' | 'plate'"]],
    [
      'the branch of a union that was meant',
      `${good}lid: {off: pot}\n`,
      [
        '4:6: lid.of: is missing; expected text',
        '4:7: lid.off: is not a known key; did you mean "of"? (known here: of)',
      ],
    ],
    ['no branch of a union', `${good}lid: 3\n`, ['4:6: lid: is 3; expected text or a mapping']],
    [
      'a wrong key of a free mapping',
      `${good}prices: {MUG: 3}\n`,
      ['4:10: prices.MUG: is "MUG"; must be lower-case letters'],
    ],
    [
      'what the schema checks by itself, at its path',
      `${good}  - kind: plate\n    name: mug\n`,
      ['5:11: things[1].name: is taken; choose another'],
    ],
    ['a list instead of a mapping', '- owner\n', ['1:1: is a list; expected a mapping']],
    ['nothing', '', ['1:1: is empty; expected a mapping']],
    ['comments only', '# owner: Ada\n', ['1:1: is empty; expected a mapping']],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected)
  })

  it('are all reported at once, in the order of lines', () => {
    const found = problemsOf('things:\n  - {kind: plate, name: 7, deep: maybe}\nowner: A\ncolor: white\n')
    expect(found.map((line) => line.split(': ')[0])).toEqual(['2:25', '2:34', '3:8', '4:1'])
  })

  it('name the entries of lists by one of their keys on request', () => {
    expect(problemsOf(good.replace('300', '0'), 'name')).toEqual([
      '3:36: things[mug].volume: is 0; expected at least 1',
    ])
  })

  it('show only the beginning of a long value', () => {
    expect(problemsOf(`${good}colour: ${'x'.repeat(5000)}\n`)[0]?.length).toBeLessThan(200)
  })
})

describe('text that is not YAML, or uses more of it than we read', () => {
  it.each<[string, string, RegExp]>([
    ['a tab as indentation', 'owner: Ada\nthings:\n\t- {}\n', /^3:1: this is not valid YAML: Tabs are not allowed/],
    ['an open quote', 'owner: "Ada\n', /^2:1: this is not valid YAML: Missing closing "quote/],
    ['an open bracket', 'things: [\n', /^2:1: this is not valid YAML: .*\]/],
    ['a key that stands twice', `${good}owner: Bob\n`, /^4:1: this is not valid YAML: Map keys must be unique/],
    ['a second document', `${good}---\nowner: Bob\n`, /^4:1: a second document begins here; /],
    ['an anchor', 'owner: &me Ada\nthings: []\n', /^1:12: &me is an anchor; remove it/],
    ['an alias', 'owner: &me Ada\nthings: [*me]\n', /2:10: \*me is an alias; write the value out/],
    ['a tag', 'owner: !secret Ada\nthings: []\n', /^1:8: .*tag: !secret/],
    ['a key that is a mapping', '? {a: 1}\n: Ada\n', /^1:3: .*keys must be strings/],
    [
      'a key that would change the object itself',
      '__proto__: {owner: Ada}\n',
      /^1:1: __proto__ cannot be a key; remove it/,
    ],
    ['nesting without end', '['.repeat(20_000), /^1:\d+: this is not valid YAML/],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text).join('\n')).toMatch(expected)
  })

  it('does not expand nested aliases', () => {
    const lines = Array.from(
      { length: 40 },
      (_, at) => `a${at}: &a${at} [${at === 0 ? '1' : `*a${at - 1}, *a${at - 1}`}]`,
    )
    expect(problemsOf(lines.join('\n')).length).toBeGreaterThan(40)
  })
})
