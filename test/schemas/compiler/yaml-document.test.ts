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
    expect(error.file).toBe('kitchen.yaml')
    return error.message.split('\n')
  }
  throw new Error('the document was taken')
}

describe('a good document', () => {
  it('gives what the schema makes of it', () => {
    expect(parseYamlDocument('kitchen.yaml', good, kitchen)).toEqual({
      owner: 'Ada',
      things: [{ kind: 'cup', name: 'mug', volume: 300 }],
    })
  })

  it('may begin with a BOM and end its lines with CRLF', () => {
    expect(parseYamlDocument('kitchen.yaml', `\uFEFF${good.replaceAll('\n', '\r\n')}`, kitchen).owner).toBe('Ada')
  })
})

describe('problems of the content', () => {
  it.each<[string, string, string[]]>([
    [
      'a missing key, at the mapping that lacks it',
      `# note\n${good.replace('owner: Ada\n', '')}`,
      ['kitchen.yaml:2:1: owner: is missing; add it: text'],
    ],
    [
      'a missing key below',
      `${good}shelf:\n  hight: 3\n`,
      [
        'kitchen.yaml:4:1: shelf.height: is missing; add it: a number',
        'kitchen.yaml:5:3: shelf.hight: is not a known key; did you mean "height"? (known here: height)',
      ],
    ],
    [
      'an unknown key that resembles none',
      `${good}roof: red\n`,
      [
        'kitchen.yaml:4:1: roof: is not a known key; remove it or check its place (known here: owner, shelf, things, colour, lid, prices)',
      ],
    ],
    [
      'unquoted text that YAML takes for a number',
      good.replace('Ada', '1815'),
      ['kitchen.yaml:1:8: owner: is the number 1815; it must be text: put it in quotes'],
    ],
    [
      'a wrong type',
      good.replace('300', 'plenty'),
      ['kitchen.yaml:3:36: things[0].volume: is "plenty"; it must be a whole number'],
    ],
    [
      'text that is too short',
      good.replace('Ada', 'A'),
      ['kitchen.yaml:1:8: owner: has 1 characters; it must have at least 2 characters'],
    ],
    [
      'a number out of range',
      good.replace('300', '900'),
      ['kitchen.yaml:3:36: things[0].volume: is the number 900; it must be at most 500'],
    ],
    ['a value that was left empty', 'owner: Ada\nthings:\n', ['kitchen.yaml:2:1: things: is empty; it must be a list']],
    [
      'an empty list',
      'owner: Ada\nthings: []\n',
      ['kitchen.yaml:2:9: things: is empty; it must have at least 1 entry'],
    ],
    [
      'a word that is none of the choices',
      `${good}colour: whit\n`,
      ['kitchen.yaml:4:9: colour: is "whit"; it must be one of white, black (did you mean white?)'],
    ],
    [
      'a kind that does not exist',
      good.replace('kind: cup', 'kind: cap'),
      ['kitchen.yaml:3:12: things[0].kind: is "cap"; it must be one of cup, plate (did you mean cup?)'],
    ],
    [
      'a missing kind',
      good.replace('kind: cup, ', ''),
      ['kitchen.yaml:3:5: things[0].kind: is missing; add it: one of cup, plate'],
    ],
    [
      'a key of another kind',
      good.replace('volume: 300', 'volume: 300, deep: true'),
      [
        'kitchen.yaml:3:41: things[0].deep: is not a known key; remove it or check its place (known here: kind, name, volume)',
      ],
    ],
    [
      'the branch of a union that was meant',
      `${good}lid: {off: pot}\n`,
      [
        'kitchen.yaml:4:6: lid.of: is missing; add it: text',
        'kitchen.yaml:4:7: lid.off: is not a known key; did you mean "of"? (known here: of)',
      ],
    ],
    [
      'no branch of a union',
      `${good}lid: 3\n`,
      ['kitchen.yaml:4:6: lid: is the number 3; it must be text or a mapping (key: value)'],
    ],
    [
      'a wrong key of a free mapping',
      `${good}prices: {MUG: 3}\n`,
      ['kitchen.yaml:4:10: prices.MUG: must be lower-case letters'],
    ],
    [
      'what the schema checks by itself, at its path',
      `${good}  - kind: plate\n    name: mug\n`,
      ['kitchen.yaml:5:11: things[1].name: is taken; choose another'],
    ],
    ['a list instead of a mapping', '- owner\n', ['kitchen.yaml:1:1: is a list; it must be a mapping (key: value)']],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected)
  })

  it('are all told at once, in the order of their lines', () => {
    const found = problemsOf('things:\n  - {kind: plate, name: 7, deep: maybe}\nowner: A\ncolor: white\n')
    expect(found.map((line) => line.split(': ')[0])).toEqual([
      'kitchen.yaml:2:25',
      'kitchen.yaml:2:34',
      'kitchen.yaml:3:8',
      'kitchen.yaml:4:1',
    ])
  })

  it('name the entries of lists by a key of theirs on request', () => {
    expect(problemsOf(good.replace('300', '0'), 'name')).toEqual([
      'kitchen.yaml:3:36: things[mug].volume: is the number 0; it must be at least 1',
    ])
  })

  it('show no more than the beginning of a long value', () => {
    expect(problemsOf(`${good}colour: ${'x'.repeat(5000)}\n`)[0]?.length).toBeLessThan(200)
  })
})

describe('what is no YAML, or more than is read here', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', '', /^kitchen\.yaml:1:1: the document is empty; /],
    ['comments only', '# owner: Ada\n', /^kitchen\.yaml:1:1: the document is empty; /],
    [
      'a tab as indentation',
      'owner: Ada\nthings:\n\t- {}\n',
      /^kitchen\.yaml:3:1: a tab indents this line; use spaces/,
    ],
    ['an open quote', 'owner: "Ada\n', /^kitchen\.yaml:2:1: this is not valid YAML .*check quotes/],
    ['an open bracket', 'things: [\n', /^kitchen\.yaml:2:1: this is not valid YAML .*brackets/],
    ['a key that stands twice', `${good}owner: Bob\n`, /^kitchen\.yaml:4:1: owner: stands twice in the same mapping; /],
    ['a second document', `${good}---\nowner: Bob\n`, /^kitchen\.yaml:4:1: a second document begins here; /],
    [
      'an anchor',
      'owner: &me Ada\nthings: []\n',
      /^kitchen\.yaml:1:12: &me names this place; anchors are not read here/,
    ],
    [
      'an alias',
      'owner: &me Ada\nthings: [*me]\n',
      /kitchen\.yaml:2:10: \*me refers to another place; .*write the value out/,
    ],
    ['a tag', 'owner: !secret Ada\nthings: []\n', /^kitchen\.yaml:1:8: tags are not read here; /],
    ['a key that is a mapping', '? {a: 1}\n: Ada\n', /^kitchen\.yaml:1:3: a key must be plain text/],
    [
      'a key that would change the object itself',
      '__proto__: {owner: Ada}\n',
      /^kitchen\.yaml:1:1: __proto__ cannot be a key; remove it/,
    ],
    ['nesting without end', '['.repeat(20_000), /^kitchen\.yaml:1:\d+: this is not valid YAML/],
  ])('%s', (_, text, expected) => {
    expect(problemsOf(text).join('\n')).toMatch(expected)
  })

  it('does not unfold aliases of aliases', () => {
    const lines = Array.from(
      { length: 40 },
      (_, at) => `a${at}: &a${at} [${at === 0 ? '1' : `*a${at - 1}, *a${at - 1}`}]`,
    )
    expect(problemsOf(lines.join('\n')).length).toBeGreaterThan(40)
  })
})
