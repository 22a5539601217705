import { z } from 'zod'
import { checkLines } from '../../cli/connect/check-text.ts'
import { problemOf } from '../../cli/connect/credential-form.ts'
import { counts, fill, type SourceValues } from '../../cli/connect/fill.ts'
import { replaceCredential } from '../../cli/connect/replace-credential.ts'
import { secretText } from '../../cli/connect/set-up-text.ts'
import { accessTo, type SourceAccess } from '../../cli/connect/source-access.ts'
import { type Target, targetOf } from '../../cli/connect/target.ts'
import { RowWait } from '../../cli/connect/wait.ts'
import { type Installation, reasonOf } from '../../cli/installation.ts'
import type { ProviderForm } from '../../lambdas/connectors/manifest-set-up.ts'
import { spanText } from '../../lambdas/core/time-text.ts'
import { consentOf } from '../../settings/stack-facts.ts'
import type { ConnectForm, CredentialResult, Form, ShownSecret, Waited } from '../api.ts'
import { HttpError } from './http-error.ts'
import type { World } from './world.ts'

export const credentialForm = z.strictObject({ credential: z.string() })

export const waitForm = z.object({ since: z.coerce.number().int() })

/** How long to wait for the note of a function that begins to run, in milliseconds. */
const noteMs = 1_500

/** Most waits that are remembered. */
const mostWaits = 100

interface Connectable {
  readonly installation: Installation
  readonly target: Target
  readonly access: SourceAccess
}

/** @throws {HttpError} 404 without such a source, 503 before its function has run */
async function connectable(world: World, source: string): Promise<Connectable> {
  const installation = await world.open()
  const target = targetIn(installation, source)
  const access = await accessTo(installation, target, () => {}, AbortSignal.timeout(noteMs))
  if (!access) {
    throw new HttpError(503, `The function of ${target.id} has not run yet; it does so every minute. Try again then.`)
  }
  return { installation, target, access }
}

function targetIn({ facts }: Installation, source: string): Target {
  try {
    return targetOf(facts.sources, source, false)
  } catch (cause) {
    throw new HttpError(404, reasonOf(cause), { cause })
  }
}

/** What to type where, as `npm run connect` shows it. */
export async function connectFormOf(world: World, source: string): Promise<ConnectForm> {
  const { installation, target, access } = await connectable(world, source)
  const { setUp, id, label, type } = target
  const { forms = [], credentials = [], events = [], plan, works } = setUp
  const { webhookSecret, credential } = access
  // The secret itself is shown when it is asked for.
  const values = {
    ...access.values,
    others: { ...access.values.others, ...(webhookSecret && { secret: '(shown on request)' }) },
  }
  return {
    source: id,
    label,
    type,
    plan,
    forms: forms.filter((form) => counts(form, values)).map((form) => filledForm(form, values)),
    events: events.map(({ label: name, shows }) => ({ label: name, shows })),
    credentials: credential
      ? credentials
          .filter((kind) => counts(kind, values))
          .map((kind) => ({ ...filledForm(kind, values), putIn: secretText(kind) }))
      : [],
    hasSecret: webhookSecret !== undefined,
    works,
    hints: [
      ...(webhookSecret && installation.isLocal
        ? ['This address is reachable from this machine only: a simulated provider sends to it, a real one cannot.']
        : []),
      ...(consentOf(installation.facts, id)
        ? [`A person gives the credential by consent: npm run connect -- ${installation.options}${id}`]
        : []),
    ],
  }
}

const filledForm = ({ name, role, path, fields, page }: ProviderForm, values: SourceValues): Form => ({
  name: fill(name, values),
  role: fill(role, values),
  path: path.map((step) => fill(step, values)),
  fields: fields.map(({ field, value }) => ({ field, value: fill(value, values) })),
  page,
})

/** The secret of a webhook. @throws {HttpError} 404 for a source without one */
export async function secretOf(world: World, source: string): Promise<ShownSecret> {
  const { access } = await connectable(world, source)
  if (!access.webhookSecret) throw new HttpError(404, 'This source has no secret to show.')
  try {
    return { secret: await access.webhookSecret() }
  } catch (cause) {
    throw new HttpError(500, `The secret cannot be read: ${reasonOf(cause)}`, { cause })
  }
}

/**
 * Stores a credential and has it checked; a refused one is taken back, as it is when the signal comes before the
 * answer.
 * @throws {HttpError} 400 when the text can be none
 */
export async function storeCredential(
  world: World,
  source: string,
  { credential: given }: z.infer<typeof credentialForm>,
  signal: AbortSignal,
): Promise<CredentialResult> {
  const { target, access } = await connectable(world, source)
  if (!access.credential) throw new HttpError(404, 'This source takes no credential.')
  const { credentials = [] } = target.setUp
  const credential = given.trim()
  const problem = problemOf(
    credential,
    credentials.filter((kind) => counts(kind, access.values)),
  )
  if (problem !== undefined) throw new HttpError(400, problem)
  const lines: { text: string; ok: boolean }[] = []
  try {
    const works = await replaceCredential(access.credential, credential, {
      report: (checks) =>
        lines.push(
          ...checks.flatMap((check) => checkLines(check).map((text) => ({ text: text.trim(), ok: check.ok }))),
        ),
      note: (text) => lines.push({ text, ok: false }),
      keep: async () => false,
      signal,
    })
    return { works, lines }
  } catch (cause) {
    throw new HttpError(500, reasonOf(cause), { cause })
  }
}

interface OpenWait {
  readonly installation: Installation
  readonly wait: RowWait
}

/** Looks for first rows, as the page waits for them. Each goes on where the one before it stopped. */
export function waitsOf(world: World): (source: string, wanted: z.infer<typeof waitForm>) => Promise<Waited> {
  const waits = new Map<string, OpenWait>()
  const waitOf = (installation: Installation, source: string, type: string, since: number): RowWait => {
    const key = `${source} ${since}`
    const known = waits.get(key)
    // A run that was started again has other addresses.
    if (known?.installation === installation) return known.wait
    const [oldest] = waits.keys()
    if (!known && oldest !== undefined && waits.size >= mostWaits) waits.delete(oldest)
    const wait = new RowWait(installation, { source, type }, since)
    waits.set(key, { installation, wait })
    return wait
  }
  return async (source, { since }) => {
    const installation = await world.open()
    const { type } = targetIn(installation, source)
    const { row, failure, says } = await waitOf(installation, source, type, since).look()
    const waiting = row
      ? `The first event of ${source} is a row of ${row.table}`
      : `Waiting for the first event of ${source}: ${spanText(installation.now() - since)}`
    return {
      text: [waiting, ...says, ...(failure === undefined ? [] : [failure])].join('. '),
      ...(row && { found: row }),
    }
  }
}
