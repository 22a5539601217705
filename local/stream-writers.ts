import { z } from 'zod'
import { jsonIn } from '../lambdas/core/json/forms.ts'
import { sourceName } from '../settings/source-names.ts'
import type { Writer } from '../simulators/shared/simulator.ts'
import { assumeWithWebIdentity } from './aws/iam/assume-role.ts'
import type { AccessKey } from './aws/iam/principals.ts'
import { allSimulators, checkOptions } from './simulators.ts'
import type { StreamSource } from './sources.ts'
import { isForeign } from './stream-buckets.ts'
import type { Site } from './template/resources/site.ts'

/** The part of a site that a provider reaches, and what the operator typed into its form: the outputs of the stack. */
export interface WritersSite extends Pick<Site, 'gateway' | 'permissions'> {
  readonly outputs: Readonly<Record<string, string>>
}

/**
 * Starts a simulated writer for every stream whose provider has one. It gets its credentials as the provider would: by
 * assuming the role of the stack, from the key of the stack's user, or from the owner of a bucket that the stack does
 * not make.
 *
 * @returns a function that ends them.
 * @throws {Error} when a source lacks an option, or its provider cannot get credentials; nothing is written then.
 */
export async function startWriters(
  sources: readonly StreamSource[],
  site: WritersSite,
): Promise<() => Promise<unknown>> {
  const simulators = await allSimulators()
  const starts = sources.flatMap((source, index) => {
    const simulator = simulators.get(source.type)
    if (simulator === undefined || !('write' in simulator)) return []
    checkOptions(source, simulator)
    const { url: endpoint, region } = site.gateway
    const { bucket, options } = source
    const { accessKeyId, secretAccessKey, sessionToken } = keyFor(source, simulator, site)
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
    return [() => simulator.write({ endpoint, region, credentials, bucket, options, seed: index + 1 })]
  })
  const running = starts.map((start) => start())
  return () => Promise.all(running.map((writer) => writer.stop()))
}

function keyFor(source: StreamSource, { claims }: Pick<Writer, 'claims'>, site: WritersSite): AccessKey {
  const { gateway, permissions, outputs } = site
  const { principals, objects, secrets } = gateway
  const { id, bucket, options } = source
  if (isForeign(site, source)) {
    const owner = `owner-of-${bucket}`
    permissions.represent(owner, `arn:aws:iam::${objects.factsOf(bucket).owner}:root`)
    return principals.create(owner)
  }
  const keySecret = outputs[sourceName(id, 'WriterKey')]
  if (keySecret !== undefined) return keyIn(secrets.current(keySecret), id)
  const role = outputs[sourceName(id, 'WriterRole')]
  if (role === undefined) throw new Error(`source ${id}: the stack has no output with the identity of its provider`)
  const key = assumeWithWebIdentity(role, claims(options), { permissions, principals })
  if (key !== undefined) return key
  throw new Error(`source ${id}: its provider cannot assume ${role}: ${claimsText(claims(options))}`)
}

const keyForm = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() })

function keyIn(secret: string, sourceId: string): AccessKey {
  const { data } = keyForm.safeParse(jsonIn(secret))
  if (data) return data
  throw new Error(`source ${sourceId}: the secret of its provider holds no access key`)
}

function claimsText({ issuer, audience, subject }: ReturnType<Writer['claims']>): string {
  return `the trust policy does not accept a token of ${issuer} for ${audience} with the subject ${subject}`
}
