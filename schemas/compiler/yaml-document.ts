import { type Document, isCollection, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { nearest, valueAt, wordProblem } from './problem-wording.ts'
import { visible } from './visible.ts'

/** A problem in a YAML file; line and column count from 1. */
interface YamlProblem {
  readonly line: number
  readonly column: number
  /** The path in the document, such as `sources[0].id: `, and the problem. */
  readonly text: string
}

/** All problems of one YAML file. The message has a line for each: `file:line:column: path: message`. */
export class YamlProblems extends Error {
  override readonly name = 'YamlProblems'
  /** Number of problems. */
  readonly count: number

  constructor(file: string, problems: readonly YamlProblem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
    const lines = new Set(sorted.map(({ line, column, text }) => visible(`${file}:${line}:${column}: ${text}`)))
    super([...lines].join('\n'))
    this.count = lines.size
  }
}

/**
 * Reads one YAML document and parses it with a schema.
 *
 * @param file Name of the file, for messages only.
 * @param labelKey Key whose value names list entries in problems: with `name`, `fields[actor]` instead of `fields[4]`.
 * @throws YamlProblems with all problems at once. The schema is applied only to valid YAML. Anchors, aliases and tags
 * are
 *   refused, because they hide the content and can expand without limit.
 */
export function parseYamlDocument<T>(file: string, text: string, schema: z.ZodType<T>, labelKey?: string): T {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
  const problems = (faults: readonly Fault[]) =>
    new YamlProblems(
      file,
      faults.map(({ offset, text }) => {
        const { line, col } = lines.linePos(offset)
        return { line: Math.max(line, 1), column: Math.max(col, 1), text }
      }),
    )
  const faults = [...syntaxFaults(document), ...refusedNodes(document)]
  if (faults.length > 0) throw problems(faults)
  const data: unknown = document.toJS()
  const result = schema.safeParse(data, { error: knownKeys })
  if (result.success) return result.data
  const findings = result.error.issues.flatMap((issue) => flatten(issue, [], data))
  throw problems(findings.map((finding) => locate(document.contents, finding, labelKey)))
}

interface Fault {
  readonly offset: number
  readonly text: string
}

function syntaxFaults({ errors, warnings }: Document): Fault[] {
  const second = 'a second document begins here; keep one document per file'
  return [...errors, ...warnings].map(({ code, message, pos }) => ({
    offset: pos[0],
    text: code === 'MULTIPLE_DOCS' ? second : `this is not valid YAML: ${message}`,
  }))
}

/** Finds features of YAML that make a file hard to review. */
function refusedNodes(document: Document): Fault[] {
  const faults: Fault[] = []
  const refuse = (node: Node, text: string) => {
    faults.push({ offset: node.range?.[0] ?? 0, text })
  }
  visit(document, {
    Alias: (_, node) => refuse(node, `*${node.source} is an alias; write the value out`),
    Value: (_, node) => {
      if (node.anchor !== undefined) refuse(node, `&${node.anchor} is an anchor; remove it`)
      if (node.tag?.startsWith('!')) refuse(node, `${node.tag} is a tag; remove it, or put the text in quotes`)
    },
    Pair: (_, pair) => {
      // Assigning this key would change the object that holds it instead of adding a member.
      if (isScalar(pair.key) && pair.key.value === '__proto__') refuse(pair.key, '__proto__ cannot be a key; remove it')
    },
  })
  return faults
}

/** The known keys of a mapping, passed to `flatten` in the message because zod's issue does not carry them. */
function knownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys' || !(issue.inst instanceof z.core.$ZodObject)) return undefined
  return Object.keys(issue.inst._zod.def.shape).join(' ')
}

interface Finding {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** The problem is the key itself, not its value. */
  readonly aboutKey?: true
}

/** One finding for each problem: unknown keys one by one, and for a union only its most likely branch. */
function flatten(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[], data: unknown): Finding[] {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ')
    return issue.keys.map((key) => {
      const near = nearest(key, known)
      const hint = near === undefined ? 'remove it or check its place' : `did you mean "${near}"?`
      const message = `is not a known key; ${hint} (known here: ${known.join(', ')})`
      return { path: [...path, key], message, aboutKey: true }
    })
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({ path, message: wordProblem(inner, path.at(-1)), aboutKey: true }))
  }
  const meant = issue.code === 'invalid_union' ? likelyBranch(issue.errors) : undefined
  if (meant !== undefined) return meant.flatMap((inner) => flatten(inner, path, data))
  return [{ path, message: wordProblem(issue, valueAt(data, path)) }]
}

/** The branch of a union that was meant: one that fails only deeper down, else the only one for this type of value. */
function likelyBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const deep = branches.find((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  )
  const fitting = branches.filter(
    (issues) => !issues.some(({ path, code }) => path.length === 0 && code === 'invalid_type'),
  )
  return deep ?? (fitting.length === 1 ? fitting[0] : undefined)
}

/** Locates a finding at its node, or at the nearest mapping or list around it. */
function locate(root: unknown, { path, message, aboutKey }: Finding, labelKey: string | undefined): Fault {
  let node = root
  let offset = startOf(root) ?? 0
  let name = ''
  for (const step of path) {
    if (typeof step === 'number') {
      node = isSeq(node) ? node.items[step] : undefined
      const label = labelKey !== undefined && isMap(node) ? node.get(labelKey) : undefined
      name += `[${typeof label === 'string' ? label : step}]`
      offset = startOf(node) ?? offset
    } else {
      const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && key.value === step) : undefined
      node = pair?.value
      name += `${name === '' ? '' : '.'}${String(step)}`
      // Block collections start on the line below their key and empty values have no position, so the key is used.
      const beside = isCollection(node)
        ? node.flow === true
        : isScalar(node) && (node.value !== null || node.source !== '')
      offset = startOf(beside && !aboutKey ? node : pair?.key) ?? offset
    }
  }
  return { offset, text: name === '' ? message : `${name}: ${message}` }
}

function startOf(node: unknown): number | undefined {
  return isCollection(node) || isScalar(node) ? node.range?.[0] : undefined
}
