import { setTimeout as sleep } from 'node:timers/promises'
import { recoveryOption, type SourceOption, type WebhookSourceType } from '../../lambdas/connectors/manifest.ts'
import { type FunctionNote, readFunctionNote } from '../../lambdas/core/function-note.ts'
import { sourceName } from '../../settings/source-names.ts'
import { webhookOf } from '../../settings/stack-facts.ts'
import { askForChecks } from '../ask-for-checks.ts'
import type { Installation } from '../installation.ts'
import type { SourceValues } from './fill.ts'
import type { CredentialPorts } from './replace-credential.ts'
import type { Target } from './target.ts'

/** What a target consists of in an installation. */
export interface SourceAccess {
  readonly values: SourceValues
  /** Reads the secret of a webhook. */
  readonly webhookSecret?: () => Promise<string>
  /** Present when people put in a credential. */
  readonly credential?: CredentialPorts
}

/** Time between two looks for the note of a function, in milliseconds. */
const lookMs = 1_000

/**
 * Finds what the installation says of a target. The function of a source notes itself in its first minute, which is
 * waited for.
 * @returns `undefined` when the signal ended the wait
 * @throws {Error} when the installation is older than this command
 */
export async function accessTo(
  installation: Installation,
  target: Target,
  progress: (text: string) => void,
  signal: AbortSignal,
): Promise<SourceAccess | undefined> {
  const { facts, isRecovery, id } = target
  if (facts.mode === 'webhook' && !isRecovery) return webhookAccess(installation, target, facts)
  while (!signal.aborted) {
    const note = await readFunctionNote(installation.ops, id)
    if (note) return noted(installation, target, note)
    progress(`The function of ${id} has not run yet; it does so every minute`)
    await sleep(lookMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}

function webhookAccess({ facts, secrets }: Installation, { id }: Target, type: WebhookSourceType): SourceAccess {
  const webhook = webhookOf(facts, id)
  if (!webhook) throw new Error('The stack is older than this command: deploy it again, and wait a minute.')
  const { url, secretId, options } = webhook
  return {
    values: { facts: type.options, options, others: { url } },
    async webhookSecret() {
      const version = await secrets.read(secretId, 'AWSCURRENT')
      if (version === undefined) throw new Error('it is empty: put a long random text into it')
      return version.value
    },
  }
}

function noted(installation: Installation, { id, facts, isRecovery }: Target, note: FunctionNote): SourceAccess {
  const { functionName, secretId, options } = note
  const { secrets, storeSecret, facts: stack } = installation
  const others = {
    region: stack.region,
    writtenBucket: `the output ${sourceName(id, 'StreamBucket')} of the stack`,
    writerRole: `the output ${sourceName(id, 'WriterRole')} of the stack`,
    writerKeyId: `from the secret that the output ${sourceName(id, 'WriterKey')} of the stack names`,
    writerKeySecret: 'from the same secret',
  }
  const known = isRecovery ? optionsOfRecovery(facts.options) : facts.options
  const values = { facts: known, ...(options && { options }), others }
  if (secretId === undefined) return { values }
  const read = async (label: 'AWSCURRENT' | 'AWSPREVIOUS') => (await secrets.read(secretId, label))?.value
  return {
    values,
    credential: {
      read: () => read('AWSCURRENT'),
      readReplaced: () => read('AWSPREVIOUS'),
      store: (credential) => storeSecret(secretId, credential),
      check: () => askForChecks(installation, functionName),
    },
  }
}

function optionsOfRecovery(options: Readonly<Record<string, SourceOption>>): Readonly<Record<string, SourceOption>> {
  const group = options[recoveryOption]
  return group?.kind === 'group' ? group.options : {}
}
