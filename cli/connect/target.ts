import type { SourceType } from '../../lambdas/connectors/manifest.ts'
import type { SetUpFacts } from '../../lambdas/connectors/manifest-set-up.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import type { StackFacts } from '../../settings/stack-facts.ts'

/** What is connected: a source, or the recovery of a webhook source. */
export interface Target {
  readonly id: string
  readonly label: string
  /** The name of the source type. */
  readonly type: string
  readonly facts: SourceType
  readonly setUp: SetUpFacts
  readonly isRecovery: boolean
}

/**
 * @param recovery whether the recovery of the source is meant
 * @throws {Error} when the installation has no such source, or its type has no recovery
 */
export function targetOf(sources: StackFacts['sources'], id: string, recovery: boolean): Target {
  const source = Object.hasOwn(sources, id) ? sources[id] : undefined
  if (!source) {
    const ids = Object.keys(sources).sort().join(', ')
    throw new Error(`No source has this id. The settings of this installation have: ${ids}.`)
  }
  const { type, label } = source
  const facts = sourceTypes.get(type)
  if (!facts) throw new Error(`${id} is of the type ${type}, which this version of the commands does not know.`)
  const named = { id, label, type, facts }
  if (!recovery) return { ...named, setUp: facts.setUp, isRecovery: false }
  const setUp = facts.mode === 'webhook' ? facts.recovery?.setUp : undefined
  if (!setUp) throw new Error(`${id} has no recovery of failed deliveries: leave out --recovery.`)
  return { ...named, setUp, isRecovery: true }
}
