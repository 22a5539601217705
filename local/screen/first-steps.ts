import type { Ready } from '../run.ts'

/**
 * What to do next with each source of a run, one line each: where its events go to or come from, and where its
 * credential is put.
 * @param options the option of other commands that names the run's folder, or nothing
 */
export function firstSteps(
  { buckets, webhooks, simulators, secrets, oauth }: Ready,
  sourceIds: readonly string[],
  { simulated, options }: { readonly simulated: boolean; readonly options: string },
): string[] {
  return sourceIds.map((id) => {
    const connect = `npm run connect -- ${options}${id}`
    const webhook = webhooks[id]
    if (webhook) {
      const sent = simulated ? 'sent by a simulated provider to' : `${connect} sets it up; its URL is`
      return `${id}: ${sent} ${webhook.url}`
    }
    if (simulators[id] !== undefined) return `${id}: fetched from a simulated provider, ${simulators[id]}`
    if (simulated && buckets[id] !== undefined) return `${id}: written by a simulated provider`
    if (oauth[id] !== undefined) return `${id}: ${connect} asks a person for consent`
    return secrets[id] === undefined
      ? `${id}: reads what its provider writes`
      : `${id}: ${connect} takes its credential`
  })
}
