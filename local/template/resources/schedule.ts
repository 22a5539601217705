import { Schedule } from '../../aws/scheduler/schedule.ts'
import type { ResourceValues } from '../intrinsics.ts'
import type { Declared } from './declared.ts'
import { functionNamed } from './function.ts'
import { arn, type Site } from './site.ts'

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Ignores RetryPolicy, which covers attempts to reach Lambda: here they always succeed. */
export function schedule(declared: Declared, site: Site): ResourceValues {
  declared.refuse('EndDate', 'a schedule has no end')
  const target = declared.object('Target')
  target.refuse('DeadLetterConfig', 'no tick is kept')
  const pool = functionNamed(target, 'Arn', site)
  const role = target.text('RoleArn')
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  const group = arn(site, 'scheduler', `schedule-group/${declared.optionalText('GroupName') ?? 'default'}`)
  const { permissions } = site
  const mayInvoke = () =>
    permissions.decide({
      caller: 'scheduler.amazonaws.com',
      action: 'sts:AssumeRole',
      resource: role,
      keys: { 'aws:sourcearn': group },
    }) && permissions.decide({ caller: role, action: 'lambda:InvokeFunction', resource: pool.spec.arn })
  const name = declared.physicalName('Name')
  if (declared.optionalText('State') !== 'DISABLED') {
    const input: unknown = JSON.parse(target.optionalText('Input') ?? '{}')
    const { name: called } = pool.spec
    site.schedules.set(
      site.schedules.has(called) ? name : called,
      new Schedule({ target: pool, periodMs: period(declared), input, mayInvoke }),
    )
  }
  return { ref: name, attributes: { Arn: arn(site, 'scheduler', `schedule/default/${name}`) } }
}

function period(declared: Declared): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(declared.text('ScheduleExpression')) ?? []
  const ms = Number(count) * (unitMs[unit] ?? 0)
  return ms > 0 ? ms : declared.invalid('ScheduleExpression', 'a rate, the only expression that runs locally')
}
