import { quotedName } from './sql-text.ts'

const scalars: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  smallint: 'SMALLINT',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  timestamp: 'TIMESTAMP',
}

/**
 * The DuckDB type for a Glue column's type, such as `struct<id:bigint,names:array<string>>`.
 *
 * @throws when the text is not such a type.
 */
export function duckDbType(hiveType: string): string {
  const scanner = { text: hiveType.replaceAll(' ', ''), at: 0 }
  const type = scanType(scanner)
  if (scanner.at < scanner.text.length) throw unreadable(scanner)
  return type
}

interface Scanner {
  readonly text: string
  at: number
}

function scanType(scanner: Scanner): string {
  const name = scan(scanner, /\w+/y)
  if (name === 'array') return scanEnclosed(scanner, () => `${scanType(scanner)}[]`)
  if (name === 'struct') return scanEnclosed(scanner, () => `STRUCT(${scanMembers(scanner).join(', ')})`)
  const scalar = scalars[name]
  if (scalar === undefined) throw unreadable(scanner)
  return scalar
}

function scanEnclosed(scanner: Scanner, inner: () => string): string {
  scan(scanner, /</y)
  const type = inner()
  scan(scanner, />/y)
  return type
}

function scanMembers(scanner: Scanner): string[] {
  const members: string[] = []
  do {
    const name = scan(scanner, /[^:,<>]+/y)
    scan(scanner, /:/y)
    members.push(`${quotedName(name)} ${scanType(scanner)}`)
  } while (scanner.text[scanner.at] === ',' && scan(scanner, /,/y))
  return members
}

function scan(scanner: Scanner, pattern: RegExp): string {
  pattern.lastIndex = scanner.at
  const found = pattern.exec(scanner.text)?.[0]
  if (found === undefined) throw unreadable(scanner)
  scanner.at += found.length
  return found
}

function unreadable({ text, at }: Scanner): Error {
  return new Error(`the column type "${text}" cannot be read from character ${at + 1} on`)
}
