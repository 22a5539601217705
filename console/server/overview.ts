import path from 'node:path'
import { collectStatus, needsPerson, type SourceStatus } from '../../cli/status/collect.ts'
import { lagOf } from '../../lambdas/core/standing/standing.ts'
import { alarmsFile } from '../../local/data-folder.ts'
import { isObject, readObject } from '../../local/json.ts'
import { type AlarmKind, alarmPlan } from '../../settings/alarm-plan.ts'
import { sourceTypes } from '../../settings/source-types.ts'
import type { Overview, RingingAlarm, SourceCard } from '../api.ts'
import { cached, type World } from './world.ts'

/** How long a status is shown, in milliseconds: on AWS, reading it costs requests. */
const keepMs = { local: 2_000, aws: 15_000 }

export function overviewOf(world: World): () => Promise<Overview> {
  return cached(keepMs[world.place().kind], async () => {
    const { facts, ...ports } = await world.open()
    const { now, sources, totals } = await collectStatus({ facts, ...ports })
    const alarms = world.folder === undefined ? undefined : ringingIn(world.folder)
    return {
      place: world.place(),
      now,
      sources: sources.map((status) => cardOf(status, now, Object.hasOwn(facts.sources, status.source))),
      totals: { needPerson: totals.needPerson, openFailures: totals.openFailures, deadLetters: totals.deadLetters },
      ...(alarms && { alarms }),
    }
  })
}

function cardOf(status: SourceStatus, now: number, isSet: boolean): SourceCard {
  // The page shows no parts of a feed, and no objects of a bucket.
  const { window: _, backlogs: __, objects: ___, ...shown } = status
  const { feed, type, readUntil, standing } = status
  return {
    ...shown,
    standing: { ...standing, needsPerson: needsPerson(status) },
    ...(readUntil !== undefined && { lagMs: lagOf(status, now) }),
    canConnect: isSet && feed !== 'recovery' && type !== undefined && sourceTypes.has(type),
  }
}

/** The alarms of a local run that ring, as it last noted them. */
function ringingIn(folder: string): RingingAlarm[] {
  const { ringing } = readObject(path.join(folder, alarmsFile))
  const noted = Array.isArray(ringing) ? ringing.filter(isObject) : []
  return noted.map(({ name, description }) => {
    const text = String(description)
    const kind = plans.find(({ meaning }) => text.startsWith(meaning))
    return { name: String(name), meaning: kind?.meaning ?? text, heading: kind?.heading ?? '' }
  })
}

const plans: readonly AlarmKind[] = Object.values(alarmPlan)
