import { onOneLine } from '../../local/screen/one-line.ts'
import { consentOf } from '../../settings/stack-facts.ts'
import { type Installation, openInstallation, reasonOf } from '../installation.ts'
import { type ConnectArguments, parseConnectArguments } from './arguments.ts'
import { consentStep } from './consent-step.ts'
import { credentialStep } from './credential-step.ts'
import { createDisplay, type Display } from './display.ts'
import { foundLines } from './found-text.ts'
import { isInterrupt, onKeys } from './keyboard.ts'
import { personAt } from './person.ts'
import { formLines } from './set-up-text.ts'
import { accessTo, type SourceAccess } from './source-access.ts'
import { type Target, targetOf } from './target.ts'
import { waitForRow } from './wait.ts'

/** Exit status of a command that was left before its end. */
const left = 3

/** What the steps of the command share. */
interface Context {
  readonly installation: Installation
  readonly display: Display
  readonly target: Target
  readonly options: ConnectArguments
  /** Aborted by Ctrl-C. */
  readonly leaving: AbortController
}

/** Connects a source with its provider. @returns the exit status */
export async function connectSource(args: readonly string[]): Promise<number> {
  const options = parseConnectArguments(args)
  const installation = await openInstallation(options.installation)
  const display = createDisplay()
  const leaving = new AbortController()
  const leave = () => leaving.abort()
  process.on('SIGINT', leave)
  try {
    const target = targetOf(installation.facts.sources, options.source, options.recovery)
    const status = await connect({ installation, display, target, options, leaving }).catch((error: unknown) => {
      if (!leaving.signal.aborted) throw error
      display.note(reasonOf(error))
      return left
    })
    if (status === left) display.note(`Run the same command to go on with ${target.id}.`)
    return status
  } finally {
    process.off('SIGINT', leave)
    display.stop()
    installation.close()
  }
}

async function connect(context: Context): Promise<number> {
  const { installation, display, target, options, leaving } = context
  const { setUp, isRecovery } = target
  display.note(`${target.id}: ${onOneLine(target.label)} (${target.type}${isRecovery ? ', recovery' : ''})`)
  display.note(`Needed at the provider: ${setUp.plan}.`)
  const access = await accessTo(installation, target, (text) => display.progress(text), leaving.signal)
  if (!access) return left
  await showForms(context, access)
  if (access.credential) {
    const { replace, keep } = options
    const person = personAt(process.stdin, display)
    const step = { target, ports: access.credential, values: access.values, person, display, replace, keep }
    const whole = { ...step, installation, signal: leaving.signal, asksForClientSecret: options.clientSecret }
    const byConsent = !isRecovery && consentOf(installation.facts, target.id) !== undefined
    const works = byConsent ? await consentStep(whole) : await credentialStep(whole)
    if (works === undefined) return left
    if (!works) return 1
  }
  display.note('')
  display.note(`How you know that it works: ${setUp.works}`)
  return isRecovery || !options.wait ? 0 : await waitFor(context, access)
}

/** Shows what to type where, and the secret of a webhook if it was asked for. */
async function showForms(
  { installation, display, target, options }: Context,
  { values, webhookSecret }: SourceAccess,
): Promise<void> {
  const shown = options.showSecret ? await webhookSecret?.() : undefined
  const hint = process.stdin.isTTY ? '(press s to see it)' : '(add --show-secret to see it)'
  const secret = webhookSecret && { secret: shown ?? hint }
  const lines = formLines(target.setUp, { ...values, others: { ...values.others, ...secret } })
  for (const line of lines) display.note(line)
  if (webhookSecret && installation.isLocal) {
    display.note('')
    display.note(
      'This address is reachable from this machine only: a simulated provider sends to it, a real one cannot.',
    )
  }
}

async function waitFor(context: Context, { webhookSecret }: SourceAccess): Promise<number> {
  const { installation, display, target, leaving } = context
  const release = webhookSecret && process.stdin.isTTY ? showOnRequest(context, webhookSecret) : () => {}
  try {
    const awaited = `the first event of ${target.id}${webhookSecret ? ', which its provider has to send' : ''}`
    const { id: source, type } = target
    const row = await waitForRow(installation, display, { source, type, awaited, signal: leaving.signal })
    if (!row) return left
    for (const line of foundLines(row, source, installation)) display.note(line)
    return 0
  } catch (cause) {
    throw new Error(`The wait for the first event ended: ${reasonOf(cause)} Run the same command to go on.`, { cause })
  } finally {
    release()
  }
}

/** Shows the secret of a webhook when the key s is pressed. @returns ends that */
function showOnRequest({ display, leaving }: Context, webhookSecret: () => Promise<string>): () => void {
  return onKeys(process.stdin, (text) => {
    // Without line editing, Ctrl-C is a character.
    if (isInterrupt(text)) leaving.abort()
    else if (text === 's' || text === 'S') {
      webhookSecret().then(
        (secret) => display.note(`Secret: ${secret}`),
        (error: unknown) => display.note(`The secret cannot be read: ${reasonOf(error)}`),
      )
    }
  })
}
