import { type AlarmId, alarmName } from '../../settings/alarm-plan.ts'
import { shuffled } from '../../simulators/shared/seeded-random.ts'
import { control } from './feeds.ts'
import type { World } from './world.ts'

const minute = 60_000

/** Time that passes on the clock with each round, in which every function runs once. */
const roundMs = 4 * minute
/** An alarm that has not rung by then is missing. */
const mostMs = 4 * 60 * minute

/** A trouble that lasts until its alarm rings. */
interface Lasting {
  readonly what: string
  readonly alarm: AlarmId
  /** The source that the alarm names. */
  readonly of?: string
  begin(): Promise<void> | void
  end(): Promise<void> | void
}

export interface Rung {
  readonly what: string
  /** Name of the alarm. */
  readonly alarm: string
  /** How long it took on the clock of the storm, in milliseconds; absent when it did not ring. */
  readonly afterMs?: number
}

/** Alarms that ring now, by their names without that of the stack. */
export const ringing = ({ run }: World): string[] =>
  run.alarms.ringing().map(({ name }) => name.slice(name.indexOf(' ') + 1))

/** Lets three troubles last, one after the other, until their alarms ring. */
export async function letAlarmsRing(
  world: World,
  { random, signal, onRound }: { random: () => number; signal: AbortSignal; onRound: (what: string) => void },
): Promise<Rung[]> {
  const rung: Rung[] = []
  for (const { what, alarm, of, begin, end } of lastingTroubles(world, random)) {
    const name = alarmName(alarm, of)
    /** Lets time pass until the alarm rings, or is silent. @returns whether it came to that */
    const comesTo = async (wanted: boolean): Promise<boolean> => {
      const since = world.clock.now()
      for (;;) {
        if (ringing(world).includes(name) === wanted) return true
        if (world.clock.now() - since > mostMs || signal.aborted) return false
        world.clock.advance(roundMs)
        await world.tick()
        onRound(what)
      }
    }
    // One that rings already would prove nothing.
    const wasSilent = await comesTo(false)
    await begin()
    const begun = world.clock.now()
    const rings = wasSilent && (await comesTo(true))
    const afterMs = world.clock.now() - begun
    await end()
    rung.push({ what, alarm: name, ...(rings && { afterMs }) })
  }
  return rung
}

/** Different sources are chosen, so that no trouble hides another. */
function lastingTroubles(world: World, random: () => number): Lasting[] {
  const [revoked, down] = shuffled(world.polled, random)
  if (revoked === undefined || down === undefined) throw new RangeError('the storm has fewer than two polled sources')
  return [
    {
      what: `the credential of ${revoked.id} is not accepted`,
      alarm: 'credential',
      of: revoked.id,
      begin: () => world.putSecret(revoked.id, 'a-credential-that-no-provider-has-given-out'),
      end: () => world.putSecret(revoked.id, revoked.credential),
    },
    {
      what: `the provider of ${down.id} is down`,
      alarm: 'failing',
      of: down.id,
      begin: () => control(down.server, { faults: [{ kind: 'status', status: 500, times: 1_000_000 }] }),
      end: () => control(down.server, { clearFaults: true }),
    },
    {
      what: 'no file can be written into the lake',
      alarm: 'failed-writes',
      begin: () =>
        void world.run.faults.add({ principal: 'writer', action: 's3:PutObject', kind: 'fail', status: 500 }),
      end: () => world.run.faults.clear(),
    },
  ]
}
