import { readFunctionNote } from '../../lambdas/core/function-note.ts'
import { inParallel } from '../../lambdas/core/in-parallel.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import { webhookOf } from '../../settings/stack-facts.ts'
import { askForChecks } from '../ask-for-checks.ts'
import { type Installation, reasonOf } from '../installation.ts'
import { unknownSource } from '../unknown-source.ts'
import type { Verified } from './verified.ts'
import { verifyWebhook } from './webhook.ts'

/** The parts of an installation that a verification uses. */
export type Verifiable = Pick<Installation, 'facts' | 'ops' | 'secrets' | 'call'>

type Source = Pick<Verified, 'source' | 'type' | 'label'>

/**
 * Verifies every source, or one.
 * @throws when there is no such source
 */
export async function verifySources(installation: Verifiable, only?: string): Promise<Verified[]> {
  const { sources } = installation.facts
  const ids = Object.keys(sources).sort()
  if (only !== undefined && !ids.includes(only)) throw unknownSource(only, ids)
  const verified = await inParallel(only === undefined ? ids : [only], (source) => {
    const { type = '', label = '' } = sources[source] ?? {}
    return verifySource(installation, { source, type, label })
  })
  return verified.flat()
}

async function verifySource(installation: Verifiable, source: Source): Promise<Verified[]> {
  if (sourceTypes.get(source.type)?.mode !== 'webhook') return verifyFunction(installation, source)
  const webhook = webhookOf(installation.facts, source.source)
  const received = webhook
    ? await verifyWebhook(installation.secrets, source.type, webhook)
    : { ok: false, says: 'the stack is older than this command and does not say its URL: deploy it again' }
  const note = await readFunctionNote(installation.ops, source.source).catch(() => undefined)
  const recovered = note ? await askFunction(installation, source, note.functionName) : []
  return [{ ...source, stream: 'webhook', ...received }, ...recovered]
}

async function verifyFunction(installation: Verifiable, source: Source): Promise<Verified[]> {
  try {
    const note = await readFunctionNote(installation.ops, source.source)
    if (note) return await askFunction(installation, source, note.functionName)
    return [failed(source, 'its function has not run yet, which it does every minute: try again in a minute')]
  } catch (error) {
    return [failed(source, `the note of its function cannot be read: ${reasonOf(error)}`)]
  }
}

/** Lets the source's own function check, so that role, network and secret are the deployed ones. */
async function askFunction(installation: Verifiable, source: Source, functionName: string): Promise<Verified[]> {
  try {
    const checks = await askForChecks(installation, functionName)
    return checks.map((check) => ({ ...source, ...check }))
  } catch (error) {
    return [failed(source, reasonOf(error))]
  }
}

const failed = (source: Source, says: string): Verified => ({ ...source, stream: '', ok: false, says })
