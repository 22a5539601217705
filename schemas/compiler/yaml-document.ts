import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
  type YAMLError,
} from 'yaml'
import { z } from 'zod'
import { wordProblem, wordUnknownKey } from './problem-wording.ts'

/** One thing that is wrong in a YAML file; line and column count from 1. */
export interface YamlProblem {
  readonly line: number
  readonly column: number
  /** Where it is in the document, for example `sources[0].id`; empty at the top. */
  readonly path: string
  /** What is wrong; what would be right. */
  readonly message: string
}

/** Everything that is wrong in one YAML file. The message has one line per problem: `file:line:column: path: message`. */
export class YamlProblems extends Error {
  override readonly name = 'YamlProblems'
  readonly file: string
  readonly problems: readonly YamlProblem[]

  constructor(file: string, problems: readonly YamlProblem[]) {
    const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
    super(
      sorted
        .map(
          ({ line, column, path, message }) => `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
        )
        .join('\n'),
    )
    this.file = file
    this.problems = sorted
  }
}

/**
 * Reads one YAML document and gives what the schema makes of it.
 *
 * @param file Name of the file, for messages only.
 * @param labelKey Key by whose value problems name the entries of lists: with `name`, `fields[actor]` instead of `fields[4]`.
 * @throws YamlProblems with every problem at once. Problems of YAML itself go first: while there are any, the schema is
 *   not asked. Anchors, aliases and tags are refused, so that what is written is what is meant and nothing can explode.
 */
export function parseYamlDocument<T>(file: string, text: string, schema: z.ZodType<T>, labelKey?: string): T {
  const lines = new LineCounter()
  const document = readOneDocument(file, text, lines)
  const knownKeys = new WeakMap<readonly string[], readonly string[]>()
  const result = schema.safeParse(document.toJS(), {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.core.$ZodObject) {
        knownKeys.set(issue.keys, Object.keys(issue.inst._zod.def.shape))
      }
      return wordProblem(issue)
    },
  })
  if (result.success) return result.data
  const problems = result.error.issues
    .flatMap((issue) => flatten(issue, [], knownKeys))
    .map((finding) => {
      const { path, message } = finding
      const offset = locate(document.contents, path, finding.aboutKey)
      return { ...position(lines, offset), path: pathText(document.contents, path, labelKey), message }
    })
  throw new YamlProblems(file, distinct(problems))
}

function readOneDocument(file: string, text: string, lines: LineCounter): Document {
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const [document, second] = parsed
  if (document === undefined || document.contents === null || isEmptyScalar(document.contents)) {
    const faults = document === undefined ? [] : [...document.errors]
    if (faults.length > 0)
      throw new YamlProblems(
        file,
        faults.map((fault) => syntaxProblem(fault, text, lines)),
      )
    throw new YamlProblems(file, [
      { line: 1, column: 1, path: '', message: 'the document is empty; write its keys and values' },
    ])
  }
  const problems = [...document.errors, ...document.warnings].map((fault) => syntaxProblem(fault, text, lines))
  if (second !== undefined) {
    const message = 'a second document begins here; keep one document per file and remove this one and the --- line'
    problems.push({ ...position(lines, second.range[0]), path: '', message })
  }
  problems.push(...refusedNodes(document, lines))
  if (problems.length > 0) throw new YamlProblems(file, distinct(problems))
  return document
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null && node.source === ''
}

/** What YAML allows but a file that people read and review should not hold. */
function refusedNodes(document: Document, lines: LineCounter): YamlProblem[] {
  const problems: YamlProblem[] = []
  const refuse = (node: Node, message: string) => {
    problems.push({ ...position(lines, node.range?.[0]), path: '', message })
  }
  visit(document, {
    Alias: (_, node) =>
      refuse(node, `*${node.source} refers to another place; aliases are not read here, write the value out`),
    Value: (_, node) => {
      if (node.anchor !== undefined)
        refuse(node, `&${node.anchor} names this place; anchors are not read here, remove it`)
      if (node.tag?.startsWith('!')) refuse(node, `${node.tag} is a tag; tags are not read here, remove it`)
    },
    Pair: (_, pair) => {
      // Assigning this key would change the object that holds it instead of adding a member.
      if (isScalar(pair.key) && pair.key.value === '__proto__') refuse(pair.key, '__proto__ cannot be a key; remove it')
    },
  })
  return problems
}

const SYNTAX_WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab indents this line; use spaces',
  DUPLICATE_KEY: 'stands twice in the same mapping; keep one of the two',
  MULTIPLE_DOCS: 'a second document begins here; keep one document per file',
  NON_STRING_KEY: 'a key must be plain text; write it as text',
  BAD_ALIAS: 'aliases are not read here; write the value out',
  TAG_RESOLVE_FAILED: 'tags are not read here; remove it, or put the text in quotes if it is meant to begin with "!"',
}

function syntaxProblem(fault: YAMLError, text: string, lines: LineCounter): YamlProblem {
  const words = SYNTAX_WORDS[fault.code]
  const path = fault.code === 'DUPLICATE_KEY' ? (/^[^\s:,]+/.exec(text.slice(fault.pos[0]))?.[0] ?? '') : ''
  const message = words ?? `this is not valid YAML (${fault.message}); check quotes, colons, brackets and indentation`
  return { ...position(lines, fault.pos[0]), path, message }
}

interface Finding {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** The key itself is wrong, not its value. */
  readonly aboutKey?: true
}

/** One finding for each thing to mend: unknown keys one by one, and the branch of a union that was most likely meant. */
function flatten(
  issue: z.core.$ZodIssue,
  prefix: readonly PropertyKey[],
  knownKeys: WeakMap<readonly string[], readonly string[]>,
): Finding[] {
  const path = [...prefix, ...issue.path]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        return { path: [...path, key], message: wordUnknownKey(key, knownKeys.get(issue.keys) ?? []), aboutKey: true }
      })
    case 'invalid_key':
      return issue.issues.map(({ message }) => ({ path, message, aboutKey: true }))
    case 'invalid_union': {
      const branch = likelyBranch(issue.errors)
      return branch === undefined
        ? [{ path, message: issue.message }]
        : branch.flatMap((inner) => flatten(inner, path, knownKeys))
    }
    default:
      return [{ path, message: issue.message }]
  }
}

/** The branch that fails only further down was meant, or else the only one that takes this kind of value. */
function likelyBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const fitting = branches.filter(
    (issues) => !issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type'),
  )
  if (fitting.length === 1) return fitting[0]
  const deep = fitting.filter((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  return deep.toSorted((a, b) => a.length - b.length)[0]
}

/** Offset of the node at the path, or of the nearest mapping or list around it when there is none. */
function locate(root: unknown, path: readonly PropertyKey[], aboutKey = false): number | undefined {
  let node = root
  let offset = startOf(root)
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (pair === undefined) break
      // A block collection starts on the line below its key, and an empty value stands nowhere: there the key is what a
      // reader looks for.
      const beside = (isScalar(pair.value) && !isEmptyScalar(pair.value)) || isFlow(pair.value)
      offset = startOf(beside && !aboutKey ? pair.value : pair.key)
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number') {
      const item = node.items[step]
      if (item === undefined) break
      offset = startOf(item) ?? offset
      node = item
    } else break
  }
  return offset
}

function isFlow(node: unknown): boolean {
  return isCollection(node) && node.flow === true
}

function startOf(node: unknown): number | undefined {
  return (isCollection(node) || isScalar(node)) && node.range ? node.range[0] : undefined
}

function position(lines: LineCounter, offset: number | undefined): { line: number; column: number } {
  const { line, col } = lines.linePos(offset ?? 0)
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

function pathText(root: unknown, path: readonly PropertyKey[], labelKey: string | undefined): string {
  let node = root
  let text = ''
  for (const step of path) {
    node = isCollection(node) ? node.get(step, true) : undefined
    const label = typeof step === 'number' && labelKey !== undefined && isMap(node) ? node.get(labelKey) : undefined
    if (typeof step === 'number') text += `[${typeof label === 'string' ? label : step}]`
    else text += text === '' ? String(step) : `.${String(step)}`
  }
  return text
}

function distinct(problems: readonly YamlProblem[]): YamlProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}
