import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseJson } from '../../../../lambdas/core/json/json.ts'
import { compileTime, isoText } from '../../../../lambdas/core/normalize/time.ts'
import type { TimeFormat } from '../../../../schemas/definition.ts'

const read = (format: TimeFormat, json: string) => {
  const instant = compileTime([format])(parseJson(json))
  return instant && `${new Date(instant.ms).toISOString()}${instant.exact ? '' : ' ~'}`
}

describe('time formats', () => {
  test.each<[TimeFormat, string, string | undefined]>([
    ['rfc3339', '"2026-01-15T10:30:00.123Z"', '2026-01-15T10:30:00.123Z'],
    ['rfc3339', '"2026-01-15T10:30:00Z"', '2026-01-15T10:30:00.000Z'],
    ['rfc3339', '"2024-02-29T10:30:00Z"', '2024-02-29T10:30:00.000Z'],
    ['rfc3339', '"2026-01-15T10:30:00.1x3Z"', undefined],
    ['rfc3339', '"2026-01-15T10:30:00,123Z"', '2026-01-15T10:30:00.123Z'],
    ['rfc3339', '"2026-0a-15T10:30:00Z"', undefined],
    ['rfc3339', '"0050-01-15T10:30:00Z"', '0050-01-15T10:30:00.000Z'],
    ['rfc3339', '"2026-01-15t10:30:00z"', '2026-01-15T10:30:00.000Z'],
    ['rfc3339', '"2026-01-15T10:30:00.123000+02:00"', '2026-01-15T08:30:00.123Z'],
    ['rfc3339', '"2026-01-15T10:30:00.123456Z"', '2026-01-15T10:30:00.123Z ~'],
    ['rfc3339', '"2016-12-31T23:59:60Z"', '2017-01-01T00:00:00.000Z ~'],
    ['rfc3339', '"2026-02-30T00:00:00Z"', undefined],
    ['rfc3339', '"2026-01-15T25:00:00Z"', undefined],
    ['rfc3339', '"2026-01-15T10:30:00+99:00"', undefined],
    ['rfc3339', '"2026-01-15"', undefined],
    ['rfc3339', '1700000000', undefined],
    ['unix_ms', '"2024-05-01 12:30:00 +0200"', '2024-05-01T10:30:00.000Z'],
    ['unix_ms', '"2024-05-01 12:30:00 -0130"', '2024-05-01T14:00:00.000Z'],
    ['unix_ms', '"2024-05-01 12:30:00"', '2024-05-01T12:30:00.000Z ~'],
    ['rfc3339', '"2022-12-11 22:40:20.268"', '2022-12-11T22:40:20.268Z ~'],
    ['rfc3339', '"2025-10-15 18:41:19.605000000"', '2025-10-15T18:41:19.605Z ~'],
    ['rfc3339', '"2024-12-17 00:00:00000000"', undefined],
    ['unix', '1700000000', '2023-11-14T22:13:20.000Z'],
    ['unix', '"1700000000"', '2023-11-14T22:13:20.000Z'],
    ['unix', '1700000000.123', '2023-11-14T22:13:20.123Z'],
    ['unix', '"1700000000.1234"', '2023-11-14T22:13:20.123Z ~'],
    ['unix', '-1', '1969-12-31T23:59:59.000Z'],
    ['unix', '-0.0001', '1969-12-31T23:59:59.999Z ~'],
    ['unix', '0', '1970-01-01T00:00:00.000Z'],
    ['unix_ms', '0', '1970-01-01T00:00:00.000Z'],
    ['unix_us', '0', '1970-01-01T00:00:00.000Z'],
    ['unix_ns', '0.0', '1970-01-01T00:00:00.000Z'],
    ['unix', '1e3', '1970-01-01T00:16:40.000Z'],
    ['unix', '1e300', undefined],
    ['unix', '"soon"', undefined],
    ['unix', '"20240131"', undefined],
    ['unix_ms', '"2024"', undefined],
    ['unix_ms', '2024', '1970-01-01T00:00:02.024Z'],
    ['unix', '""', undefined],
    ['unix', 'true', undefined],
    ['unix', '{}', undefined],
    ['unix_ms', '1700000000123', '2023-11-14T22:13:20.123Z'],
    ['unix_ms', '1659980000000.0', '2022-08-08T17:33:20.000Z'],
    ['unix_ms', '1659980000000.5', '2022-08-08T17:33:20.000Z ~'],
    ['unix_us', '1700000000123456', '2023-11-14T22:13:20.123Z ~'],
    ['unix_us', '1700000000123000', '2023-11-14T22:13:20.123Z'],
    ['unix_ns', '1700000000123000001', '2023-11-14T22:13:20.123Z ~'],
    ['unix_ns', '1700000000123000000', '2023-11-14T22:13:20.123Z'],
  ])('%s reads %s as %s', (format, json, expected) => expect(read(format, json)).toBe(expected))

  test('formats are tried in order', () => {
    const parse = compileTime(['rfc3339', 'unix_ms', 'unix'])
    expect(parse(1000)?.ms).toBe(1000)
    expect(parse('1971-01-01T00:00:00Z')?.ms).toBe(Date.UTC(1971))
  })

  test('every instant from year 1 to 9999 survives a round trip in every unit', () => {
    const instants = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(instants, (date) => {
        const ms = date.getTime()
        const exactly = { ms, exact: true }
        expect(isoText(ms)).toBe(date.toISOString())
        expect(compileTime(['rfc3339'])(date.toISOString())).toEqual(exactly)
        expect(compileTime(['unix_ms'])(ms)).toEqual(exactly)
        expect(compileTime(['unix_ns'])(parseJson(String(BigInt(ms) * 1_000_000n)))).toEqual(exactly)
        expect(compileTime(['unix'])(parseJson((ms / 1000).toFixed(3)))).toEqual(exactly)
      }),
    )
  })

  test('times outside these years are unreadable', () => {
    expect(compileTime(['unix'])(253_402_300_800)).toBeUndefined()
    expect(compileTime(['unix_ms'])(-62_135_596_800_001)).toBeUndefined()
  })
})
