import { Session } from 'node:inspector/promises'

/** Parts of the local run by file; time counts for the first stage that matches a frame or its callers. */
const stages = {
  logs: /\/local\/(bounded-file|aws\/lambda\/logs|aws\/iam\/decision-log)\.ts/,
  permissions: /\/local\/aws\/iam\//,
  queue: /\/local\/aws\/sqs\/|\/fauxqs\//,
  runtime: /\/local\/aws\/lambda\//,
  gateway: /\/local\/aws\/(gateway|json-protocol|read-body)/,
  'http-api': /\/local\/aws\/http-api\//,
} as const

export type Stage = keyof typeof stages | 'other'

/** Profiles this process. @returns a function that ends the profile and gives milliseconds for each stage */
export async function watchStages(): Promise<() => Promise<ReadonlyMap<Stage, number>>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return sumUp(profile)
  }
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: number[] | undefined
}

function sumUp(profile: {
  readonly nodes: readonly ProfileNode[]
  readonly samples?: readonly number[] | undefined
  readonly timeDeltas?: readonly number[] | undefined
}): ReadonlyMap<Stage, number> {
  const stageOf = new Map<number, Stage | 'idle'>()
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  // A node follows its parent, so the parent's stage is known.
  for (const { id, callFrame } of profile.nodes) {
    const own = Object.entries(stages).find(([, files]) => files.test(callFrame.url))?.[0]
    const inherited = stageOf.get(parents.get(id) ?? 0) ?? 'other'
    stageOf.set(id, callFrame.functionName === '(idle)' ? 'idle' : isStage(own) ? own : inherited)
  }
  const sums = new Map<Stage, number>()
  profile.samples?.forEach((id, index) => {
    const stage = stageOf.get(id) ?? 'other'
    if (stage !== 'idle') sums.set(stage, (sums.get(stage) ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1_000)
  })
  return sums
}

function isStage(name: string | undefined): name is keyof typeof stages {
  return name !== undefined && name in stages
}
