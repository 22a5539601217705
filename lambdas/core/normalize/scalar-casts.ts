import type { ValueType } from '../../../schemas/definition.ts'
import { isRawNumber, type Json, numberText, parseDecimal, rawNumber } from '../json/json.ts'
import { wellFormedJson } from '../json/well-formed.ts'
import { readsAsJson } from './json-column.ts'
import { type Cast, keep, keepAll, keepBoth } from './leftover.ts'

/** A number is held as its text, from which rendering makes the same number again. */
const castString: Cast = (value, leftover) => {
  // A lone surrogate has no UTF-8 form; JSON text can hold it as an escape.
  if (typeof value === 'string') {
    return value.isWellFormed() ? keep(value, leftover) : keepBoth(value.toWellFormed(), value, leftover)
  }
  if (typeof value === 'boolean') return keepBoth(String(value), value, leftover)
  const isNumber = typeof value === 'number' || isRawNumber(value)
  return isNumber ? keep(numberText(value), leftover) : keepAll(value, leftover)
}

/** Text is held as it is, so that people can filter by it; any other value as JSON that every engine can read. */
const castJson: Cast = (value, leftover) => {
  if (typeof value !== 'string') {
    const text = JSON.stringify(value)
    const readable = wellFormedJson(value, text)
    return readable === text ? keep(text, leftover) : keepBoth(readable, value, leftover)
  }
  if (!value.isWellFormed()) return keepBoth(value.toWellFormed(), value, leftover)
  return readsAsJson(value) ? keepBoth(value, value, leftover) : keep(value, leftover)
}

const castBoolean: Cast = (value, leftover) => {
  if (typeof value === 'boolean') return keep(value, leftover)
  if (value === 'true' || value === 1) return keepBoth(true, value, leftover)
  return value === 'false' || value === 0 ? keepBoth(false, value, leftover) : keepAll(value, leftover)
}

const castFloat: Cast = (value, leftover) => {
  if (typeof value === 'number') return keep(value, leftover)
  const text = isRawNumber(value) ? value.rawJSON : value
  if (typeof text !== 'string' || !parseDecimal(text)) return keepAll(value, leftover)
  const number = Number(text)
  return keepBoth(Number.isFinite(number) ? number : undefined, value, leftover)
}

function castInteger(bits: 16 | 32 | 64): Cast {
  const limit = 2n ** BigInt(bits - 1)
  const safeLimit = Math.min(Number(limit), Number.MAX_SAFE_INTEGER)
  const fits = (integer: bigint) => integer >= -limit && integer < limit
  return (value, leftover) => {
    // The fast path for nearly all values; the code below is exact for the rest.
    if (Number.isInteger(value) && Number(value) < safeLimit && Number(value) > -safeLimit) {
      return keep(Number(value) + 0, leftover)
    }
    const integer = integerOf(value)
    if (integer === undefined || !fits(integer)) return keepAll(value, leftover)
    const held = Number.isSafeInteger(Number(integer)) ? Number(integer) : rawNumber(String(integer))
    return typeof value === 'string' ? keepBoth(held, value, leftover) : keep(held, leftover)
  }
}

/**
 * A whole number of about 64 bits in any notation, such as `12`, `"12"`, `12.0` or `1.2e1`. A double beyond 2^53 stands
 * for its shortest text, not for its exact binary value.
 */
function integerOf(value: Json): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  const text = typeof value === 'number' ? String(value) : isRawNumber(value) ? value.rawJSON : value
  const decimal = typeof text === 'string' ? parseDecimal(text) : undefined
  if (!decimal || decimal.exponent < 0n || decimal.exponent > 19n) return undefined
  const magnitude = BigInt(decimal.digits || '0') * 10n ** decimal.exponent
  return decimal.negative ? -magnitude : magnitude
}

export const scalarCasts: Readonly<Record<Exclude<ValueType['type'], 'object' | 'array' | 'timestamp'>, Cast>> = {
  string: castString,
  json: castJson,
  boolean: castBoolean,
  float: castFloat,
  smallint: castInteger(16),
  int: castInteger(32),
  bigint: castInteger(64),
}
