import { type Expression, type ObjectPattern, type PropertyKey, parseSync, Visitor } from 'oxc-parser'

/** What the boundary rules want to know of a source file. Lines count from 1. */
export interface ModuleFacts {
  /** Imports and re-exports of every kind, of types as well; undefined where the name is computed. */
  readonly imports: readonly { readonly specifier: string | undefined; readonly line: number }[]
  /** Identifiers and texts, those of imports left out. */
  readonly words: readonly { readonly text: string; readonly line: number }[]
  /** Lines that reach for the environment of the process. */
  readonly environment: readonly number[]
  /** Why the file could not be read, if so. */
  readonly syntaxErrors: readonly string[]
}

export function readModule(path: string, source: string): ModuleFacts {
  const { program, errors } = parseSync(path, source)
  const lineOf = lineCounter(source)
  const imports: { specifier: string | undefined; line: number }[] = []
  const words: { text: string; line: number }[] = []
  const environment: number[] = []
  const specifiers = new Set<number>()

  const takeImport = (source: { type: string; start: number; value?: unknown } | null) => {
    if (source === null) return
    specifiers.add(source.start)
    const specifier = typeof source.value === 'string' ? source.value : undefined
    imports.push({ specifier, line: lineOf(source.start) })
    if (specifier === 'node:process' || specifier === 'process') environment.push(lineOf(source.start))
  }
  const takeWord = (node: { start: number }, text: string) => {
    if (!specifiers.has(node.start)) words.push({ text, line: lineOf(node.start) })
  }

  new Visitor({
    ImportDeclaration: (node) => takeImport(node.source),
    ExportNamedDeclaration: (node) => takeImport(node.source),
    ExportAllDeclaration: (node) => takeImport(node.source),
    ImportExpression: (node) => takeImport(node.source),
    TSImportType: (node) => takeImport(node.source),
    TSExternalModuleReference: (node) => takeImport(node.expression),
    Identifier: (node) => takeWord(node, node.name),
    PrivateIdentifier: (node) => takeWord(node, node.name),
    Literal: (node) => takeWord(node, typeof node.value === 'string' ? node.value : (node.raw ?? '')),
    TemplateElement: (node) => takeWord(node, node.value.cooked ?? node.value.raw),
    MemberExpression: (node) => {
      if (isProcess(node.object) && names(node.property, 'env')) environment.push(lineOf(node.start))
    },
    VariableDeclarator: (node) => {
      if (node.init !== null && isProcess(node.init) && node.id.type === 'ObjectPattern' && takesEnv(node.id)) {
        environment.push(lineOf(node.start))
      }
    },
  }).visit(program)

  return { imports, words, environment, syntaxErrors: errors.map((error) => error.message) }
}

/** `process`, and `globalThis.process` as well. */
function isProcess(node: Expression): boolean {
  if (node.type === 'Identifier') return node.name === 'process'
  return node.type === 'MemberExpression' && names(node.property, 'process')
}

function names(node: Expression | PropertyKey, word: string): boolean {
  return (node.type === 'Identifier' && node.name === word) || (node.type === 'Literal' && node.value === word)
}

function takesEnv(pattern: ObjectPattern): boolean {
  return pattern.properties.some((property) => property.type === 'RestElement' || names(property.key, 'env'))
}

function lineCounter(source: string): (offset: number) => number {
  const starts = [...source.matchAll(/\n/g)].map((match) => match.index + 1)
  return (offset) => 1 + starts.filter((start) => start <= offset).length
}
