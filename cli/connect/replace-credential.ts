import type { FoundCheck } from '../ask-for-checks.ts'
import { reasonOf } from '../installation.ts'
import { untilInterrupted } from './until-interrupted.ts'

/** The secret of a source, and the check of it by the source's own function. */
export interface CredentialPorts {
  /** @returns the stored credential; `undefined` when the secret is empty */
  read(): Promise<string | undefined>
  /** @returns the credential that the stored one has replaced; `undefined` when it was the first */
  readReplaced(): Promise<string | undefined>
  store(credential: string): Promise<void>
  check(): Promise<readonly FoundCheck[]>
}

export interface ReplaceOptions {
  /** Called with what the function found out. */
  readonly report: (checks: readonly FoundCheck[]) => void
  readonly note: (text: string) => void
  /** Whether a refused credential stays in the secret. */
  readonly keep: () => Promise<boolean>
  /** Ctrl-C while the function checks: the former credential is put back. */
  readonly signal: AbortSignal
}

const isBack = 'The former credential is back in the secret.'

/**
 * Stores a credential and has it checked, which only the function of the source can do as the runs will. If it is
 * refused, or was not checked, the former one is put back, so that a mistake does not stop a source that works.
 * @returns whether the credential works
 * @throws {Error} when it was not checked
 */
export async function replaceCredential(
  ports: CredentialPorts,
  credential: string,
  { report, note, keep, signal }: ReplaceOptions,
): Promise<boolean> {
  const former = await ports.read()
  if (former !== credential) await ports.store(credential)
  /** @returns what the secret holds now */
  const putBack = async (): Promise<string> => {
    if (former === undefined) return 'It stays in the secret, which was empty before.'
    if (former === credential) return 'It was in the secret before.'
    // A function that has renewed the credential in the meantime has made it another one.
    if ((await ports.read()) !== credential) return 'The secret holds another credential by now, which stays.'
    // One that renewed the former credential after we read it has used it up.
    const replaced = await ports.readReplaced().catch(() => undefined)
    await ports.store(replaced === undefined || replaced === credential ? former : replaced)
    return isBack
  }
  const checks = await untilInterrupted(ports.check, signal).catch(async (cause: unknown) => {
    throw new Error(`The credential could not be checked: ${reasonOf(cause)} ${await putBack()}`, { cause })
  })
  report(checks)
  if (checks.every(({ ok }) => ok)) return true
  const mayBePutBack = former !== undefined && former !== credential
  if (mayBePutBack && (await keep())) note('It stays in the secret all the same.')
  else note(await putBack())
  return false
}
