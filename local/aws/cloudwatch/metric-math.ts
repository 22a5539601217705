import type { Series } from './alarm.ts'

/** The series that an expression may name. */
export interface Named {
  /** By id, metrics and the results of other expressions. */
  readonly byId: (id: string) => Series | undefined
  /** What `METRICS()` stands for: the metrics without the expressions. */
  readonly metrics: readonly Series[]
}

/**
 * The metric math that the local run knows: sums of ids, `SUM(METRICS())`, `SUM([a, b])`, and `FILL(a, 0)` of a number.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @returns `undefined` for any other expression, or one that names an unknown id
 */
export function parseMath(expression: string, named: Named): Series | undefined {
  const terms = splitOutside(expression, '+').map((term) => parseTerm(term.trim(), named))
  const known = terms.filter((term) => term !== undefined)
  const [first] = known
  if (first === undefined || known.length < terms.length) return undefined
  return known.length === 1 ? first : { kind: 'sum', of: known }
}

function parseTerm(term: string, named: Named): Series | undefined {
  const [, fn, argument = ''] = /^(SUM|FILL)\((.*)\)$/s.exec(term) ?? []
  if (fn === undefined) return /^[a-z]\w*$/.test(term) ? named.byId(term) : undefined
  return fn === 'SUM' ? parseSum(argument.trim(), named) : parseFill(argument, named)
}

function parseSum(argument: string, named: Named): Series | undefined {
  if (/^METRICS\(\s*\)$/.test(argument)) return { kind: 'sum', of: named.metrics }
  const [, list] = /^\[(.*)\]$/s.exec(argument) ?? []
  if (list === undefined) return undefined
  const entries = splitOutside(list, ',').map((entry) => parseMath(entry, named))
  const of = entries.filter((entry) => entry !== undefined)
  return of.length === entries.length ? { kind: 'sum', of } : undefined
}

function parseFill(argument: string, named: Named): Series | undefined {
  const [filled = '', text = '', ...others] = splitOutside(argument, ',')
  const of = parseMath(filled, named)
  const value = Number(text)
  if (of === undefined || text.trim() === '' || !Number.isFinite(value) || others.length > 0) return undefined
  return { kind: 'fill', of, value }
}

/** Splits a text at a sign that stands in no brackets. */
function splitOutside(text: string, sign: string): string[] {
  const parts = ['']
  let depth = 0
  for (const char of text) {
    if (char === '(' || char === '[') depth++
    if (char === ')' || char === ']') depth--
    if (char === sign && depth === 0) parts.push('')
    else parts.push((parts.pop() ?? '') + char)
  }
  return parts
}

/**
 * The value of a series in a period. In a sum, a metric without data counts as zero beside one with data.
 * @param read the value of a metric in the period
 */
export function valueIn(
  series: Series,
  read: (metric: Extract<Series, { kind: 'metric' }>) => number | undefined,
): number | undefined {
  if (series.kind === 'metric') return read(series)
  if (series.kind === 'fill') return valueIn(series.of, read) ?? series.value
  const values = series.of.map((one) => valueIn(one, read)).filter((value) => value !== undefined)
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0)
}

/** The metrics of a series. */
export function metricsIn(series: Series): readonly Extract<Series, { kind: 'metric' }>[] {
  if (series.kind === 'metric') return [series]
  return series.kind === 'fill' ? metricsIn(series.of) : series.of.flatMap(metricsIn)
}
