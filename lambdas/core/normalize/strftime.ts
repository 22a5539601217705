import { fromFields, type Instant, offsetMinutes, type TimeFields } from './calendar.ts'

type Captured = Readonly<Record<string, string>>

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const monthNames =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'

/** Directive -> the pattern it matches. The group is named after the directive's letter. */
const directives: Readonly<Record<string, string>> = {
  Y: String.raw`(?<Y>\d{4})`,
  y: String.raw`(?<y>\d\d)`,
  m: String.raw`(?<m>\d{1,2})`,
  b: `(?<b>${monthNames})`,
  B: `(?<b>${monthNames})`,
  d: String.raw`(?<d>\d{1,2})`,
  e: String.raw` ?(?<d>\d{1,2})`,
  j: String.raw`(?<j>\d{1,3})`,
  H: String.raw`(?<H>\d{1,2})`,
  I: String.raw`(?<I>\d{1,2})`,
  p: '(?<p>[ap]m)',
  M: String.raw`(?<M>\d{1,2})`,
  S: String.raw`(?<S>\d{1,2})`,
  f: String.raw`(?<f>\d+)`,
  s: String.raw`(?<s>-?\d+)`,
  z: String.raw`(?<z>Z|[+-]\d\d:?\d\d)`,
  Z: '(?<z>Z|UTC|GMT)',
  '%': '%',
}

/**
 * Compiles a strftime pattern into a parser; without a zone directive the text is taken as UTC.
 * Directives: Y y m b B d e j H I p M S f s z Z T F %.
 * @throws {TypeError} naming an unsupported directive, or a pattern with the same part twice
 */
export function compileStrftime(pattern: string): (text: string) => Instant | undefined {
  const expanded = pattern.replaceAll('%T', '%H:%M:%S').replaceAll('%F', '%Y-%m-%d')
  const source = expanded.replace(/%(.?)|[\\^$.*+?()[\]{}|]/g, (found, letter: string | undefined) => {
    if (letter === undefined) return `\\${found}`
    const part = Object.hasOwn(directives, letter) ? directives[letter] : undefined
    if (part === undefined) throw new TypeError(`time format '${pattern}': the directive %${letter} is not supported`)
    return part
  })
  const form = compileForm(pattern, source)
  return (text) => {
    const groups = form.exec(text)?.groups
    return groups && instantOf(groups)
  }
}

function compileForm(pattern: string, source: string): RegExp {
  try {
    return new RegExp(`^${source}$`, 'i')
  } catch {
    throw new TypeError(`time format '${pattern}': says the same part of the time twice`)
  }
}

function instantOf(found: Captured): Instant | undefined {
  if (found.s !== undefined) return { ms: Number(found.s) * 1000, exact: true }
  const offset = found.z === undefined ? 0 : offsetMinutes(found.z)
  const fields = offset === undefined ? undefined : fieldsOf(found, offset)
  return fields && fromFields(fields)
}

function fieldsOf(found: Captured, offset: number): TimeFields | undefined {
  const number = (letter: string, otherwise: number) =>
    found[letter] === undefined ? otherwise : Number(found[letter])
  const shortYear = number('y', 70)
  const month = found.b === undefined ? number('m', 1) : months.indexOf(found.b.slice(0, 3).toLowerCase()) + 1
  const hour = found.I === undefined ? number('H', 0) : hourOf(number('I', 12), found.p)
  if (hour === undefined) return undefined
  const fields = {
    // POSIX: 69 to 99 are the years 1969 to 1999.
    year: number('Y', shortYear < 69 ? 2000 + shortYear : 1900 + shortYear),
    month,
    day: number('d', 1),
    hour,
    minute: number('M', 0),
    second: number('S', 0),
    fraction: found.f ?? '',
    offsetMinutes: offset,
  }
  return found.j === undefined ? fields : ofDayOfYear(fields, Number(found.j))
}

function hourOf(hour12: number, half: string | undefined): number | undefined {
  if (hour12 < 1 || hour12 > 12) return undefined
  return (hour12 % 12) + (half?.toLowerCase() === 'pm' ? 12 : 0)
}

function ofDayOfYear(fields: TimeFields, dayOfYear: number): TimeFields | undefined {
  const date = new Date(0)
  date.setUTCFullYear(fields.year, 0, dayOfYear)
  if (dayOfYear < 1 || date.getUTCFullYear() !== fields.year) return undefined
  return { ...fields, month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}
