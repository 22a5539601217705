import { ageText } from '../../../lambdas/core/time-text.ts'
import { exactTime, timeText } from '../format.ts'
import { useNow } from './now.ts'

/** How long ago a time is, or in how long; the exact time as its title. */
export function Ago({ time }: { readonly time: number }) {
  return (
    <time title={exactTime(time)} dateTime={exactTime(time)}>
      {ageText(time, useNow())}
    </time>
  )
}

/** A time in UTC to the second, with the exact one as its title. */
export function Time({ of }: { readonly of: number }) {
  return (
    <time title={exactTime(of)} dateTime={exactTime(of)}>
      {timeText(of)}
    </time>
  )
}
