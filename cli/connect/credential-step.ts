import { checkLines } from './check-text.ts'
import { problemOf } from './credential-form.ts'
import type { Display } from './display.ts'
import { counts, type SourceValues } from './fill.ts'
import type { Person } from './person.ts'
import { type CredentialPorts, replaceCredential } from './replace-credential.ts'
import { credentialLines } from './set-up-text.ts'
import type { Target } from './target.ts'
import { untilInterrupted } from './until-interrupted.ts'

export interface CredentialStep {
  readonly target: Target
  readonly ports: CredentialPorts
  readonly values: SourceValues
  readonly person: Person
  readonly display: Display
  readonly signal: AbortSignal
  /** Whether to ask for another credential although the stored one works. */
  readonly replace: boolean
  /** Whether a refused credential stays in the secret. */
  readonly keep: boolean
}

/**
 * Sees to it that the secret holds a credential that works: the stored one, or one that the operator puts in.
 * @returns whether it works; `undefined` when the operator left
 * @throws {Error} when there is none, it cannot be one, or it was not checked
 */
export async function credentialStep(step: CredentialStep): Promise<boolean | undefined> {
  const { target, values, person, display, replace, signal } = step
  const given = await untilInterrupted(person.given, signal)
  if (given !== undefined) {
    const problem = problemIn(step, given)
    if (problem !== undefined) throw new Error(problem)
    return await putIn(step, given)
  }
  if (!replace && (await checkStored(step))) {
    display.note('The stored credential stays; add --replace to put in another one.')
    return true
  }
  for (const line of credentialLines(target.setUp, values)) display.note(line)
  if (!person.isThere) {
    throw new Error(`There is no credential to put in: pass it on stdin, as in npm run connect -- ${target.id} < FILE`)
  }
  for (;;) {
    const asked = await person.askFor('the credential')
    if (asked === undefined) return undefined
    const problem = problemIn(step, asked)
    if (problem !== undefined) display.note(problem)
    else if (await putIn(step, asked)) return true
  }
}

function problemIn({ target, values }: CredentialStep, text: string): string | undefined {
  const { credentials = [] } = target.setUp
  const possible = credentials.filter((kind) => counts(kind, values))
  return problemOf(text.trim(), possible)
}

function putIn(step: CredentialStep, text: string): Promise<boolean> {
  const { ports, person, display, signal, keep, target } = step
  display.progress(`The credential of ${target.id} is stored and checked by its function`)
  return replaceCredential(ports, text.trim(), {
    report: (checks) => reportTo(display, checks),
    note: (line) => display.note(line),
    keep: async () => keep || (person.isThere && (await person.askWhetherToKeep())),
    signal,
  })
}

/** Has the stored credential checked. @returns whether there is one that works */
export async function checkStored({ ports, display, target, signal }: CredentialStep): Promise<boolean> {
  if ((await ports.read()) === undefined) return false
  display.progress(`The stored credential of ${target.id} is checked by its function`)
  const checks = await untilInterrupted(ports.check, signal)
  reportTo(display, checks)
  return checks.every(({ ok }) => ok)
}

function reportTo(display: Display, checks: Awaited<ReturnType<CredentialPorts['check']>>): void {
  for (const line of checks.flatMap(checkLines)) display.note(line)
}
