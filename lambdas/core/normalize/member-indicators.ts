import type { Indicator, MemberIndicators } from '../../../schemas/definition.ts'
import { isArray, isObject, isRawNumber, type Json, numberText } from '../json/json.ts'
import { collectIndicators, type IndicatorValues } from './indicators.ts'

/** What a value at some depth of a json column identifies, and which of its members lead on. */
interface Place {
  readonly indicators: readonly Indicator[]
  readonly members: readonly (readonly [string, Place])[]
}

/** Adds the indicators in a value of a json column. Visits no part of the value twice, however large it is. */
export type CollectMembers = (value: Json, into: IndicatorValues) => void

/** Prepares the paths of a json column once. */
export function compileMemberIndicators(paths: MemberIndicators): CollectMembers {
  const root = placeOf(Object.entries(paths).map(([path, indicators]) => ({ path: path.split('.'), indicators })))
  return (value, into) => visit(root, value, into)
}

interface Rest {
  readonly path: readonly string[]
  readonly indicators: readonly Indicator[]
}

function placeOf(rests: readonly Rest[]): Place {
  const below = Map.groupBy(
    rests.filter(({ path }) => path.length > 0),
    ({ path }) => path[0] ?? '',
  )
  return {
    indicators: rests.filter(({ path }) => path.length === 0).flatMap(({ indicators }) => indicators),
    members: [...below].map(([name, some]) => [
      name,
      placeOf(some.map(({ path, indicators }) => ({ path: path.slice(1), indicators }))),
    ]),
  }
}

function visit(place: Place, value: Json, into: IndicatorValues): void {
  if (typeof value === 'string') collectIndicators(place.indicators, value.toWellFormed(), into)
  else if (typeof value === 'number' || isRawNumber(value)) collectIndicators(place.indicators, numberText(value), into)
  else if (isArray(value)) for (const element of value) visit(place, element, into)
  else if (isObject(value)) {
    for (const [name, member] of place.members) {
      if (Object.hasOwn(value, name)) visit(member, value[name] ?? null, into)
    }
  }
}
