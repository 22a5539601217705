import { isIPv4, isIPv6 } from 'node:net'
import type { Indicator } from '../../../schemas/definition.ts'
import { DistinctTexts } from './distinct-texts.ts'

/** Column of an indicator -> the distinct values that one event has for it. */
export type IndicatorValues = Map<string, DistinctTexts>

type Rule = (value: string, into: IndicatorValues) => void

/**
 * Placeholders of providers for "unknown": blank, zero, all forms of the unspecified address, the all-zero commit hash.
 * As indicators they would connect unrelated events.
 */
const filler = /^\s*$|^(?:::ffff:)?[0:.]+$/i

/** Longer texts are never indicators, and the patterns would take long on them. */
const maxLength = 2_048

const emailForm = /^[^\s@<>()",;:]{1,64}@[^\s@<>()",;:.]{1,63}(?:\.[^\s@<>()",;:.]{1,63})+$/
const emailInside = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/
const instanceInside = /(?:^|[/:])(i-[0-9a-f]{8}(?:[0-9a-f]{9})?)(?:$|[/:])/
const arnForm = /^arn:aws[\w-]*:[\w-]+:[\w-]*:(\d{12}|aws)?:(.+)$/s
const hostForm = /^[\p{L}\p{N}_.-]+$/u
/** A URL in its common form, whose host can be read without parsing the rest. */
const plainUrl = /^https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#]|$)/
/** The end of a host that stands for an IPv4 address, in one of many notations. */
const numericEnd = /\.(?:\d+|0x[0-9a-f]*)$/

/** Looks at the first character first, which rules out most values. */
function isFiller(value: string): boolean {
  const first = value.charCodeAt(0)
  return !(first > 32 && first !== 48 && first !== 58) && filler.test(value)
}

const isAddress = (value: string): boolean => (value.includes(':') ? isIPv6(value) : isIPv4(value))

function add(into: IndicatorValues, column: string, value: string): void {
  if (isFiller(value)) return
  let values = into.get(column)
  if (values === undefined) {
    values = new DistinctTexts()
    into.set(column, values)
  }
  values.add(value)
}

const column =
  (name: string, valid?: RegExp): Rule =>
  (value, into) => {
    if (valid === undefined || valid.test(value)) add(into, name, value)
  }

/** An address, an address with a port, or several of them, as proxies write them. */
const ip: Rule = (value, into) => {
  if (isAddress(value)) addAddress(into, value)
  else if (addressList.test(value)) {
    for (const part of value.split(separators)) {
      const address = withPort.exec(part)
      addAddress(into, address?.[1] ?? address?.[2] ?? part)
    }
  }
}

/** The characters of addresses, ports, brackets and what separates several. */
const addressList = /^[\da-f.:[\]\s,;]+$/i
const separators = /[\s,;]+/
const withPort = /^\[([^\]]+)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/

function addAddress(into: IndicatorValues, value: string): void {
  // A zone, as in fe80::1%eth0, has a meaning on one machine only.
  if (isAddress(value)) add(into, 'p_any_ip_addresses', value.replace(/%.*$/, ''))
}

const hostname: Rule = (value, into) => {
  if (isAddress(value)) ip(value, into)
  else if (hostForm.test(value)) add(into, 'p_any_domain_names', value)
}

const netAddr: Rule = (value, into) => {
  if (isAddress(value)) return ip(value, into)
  const host = /^\[([^\]]+)\](?::\d{1,5})?$|^([^:]+)(?::\d{1,5})?$/.exec(value)
  const name = host?.[1] ?? host?.[2]
  if (name) hostname(name, into)
}

const url: Rule = (value, into) => {
  const plain = plainUrl.exec(value)?.[1]
  if (plain !== undefined && !numericEnd.test(plain)) return add(into, 'p_any_domain_names', plain)
  const host = URL.parse(value)?.hostname
  if (host) hostname(host.replace(/^\[|\]$/g, ''), into)
}

const arn: Rule = (value, into) => {
  const match = arnForm.exec(value)
  if (!match) return
  const [, account, resource = ''] = match
  add(into, 'p_any_aws_arns', value)
  if (account && account !== 'aws') add(into, 'p_any_aws_account_ids', account)
  const instance = instanceInside.exec(resource)?.[1]
  if (instance) add(into, 'p_any_aws_instance_ids', instance)
  const email = emailInside.exec(resource)?.[0]
  if (email) add(into, 'p_any_emails', email)
}

/** Panther's indicators: https://docs.panther.com/data-onboarding/custom-log-types/reference#indicators */
const rules: Readonly<Record<Indicator, Rule>> = {
  ip,
  hostname,
  net_addr: netAddr,
  url,
  domain: column('p_any_domain_names'),
  email: column('p_any_emails', emailForm),
  username: column('p_any_usernames'),
  actor_id: column('p_any_actor_ids'),
  trace_id: column('p_any_trace_ids'),
  md5: column('p_any_md5_hashes', /^[0-9a-f]{32}$/i),
  sha1: column('p_any_sha1_hashes', /^[0-9a-f]{40}$/i),
  sha256: column('p_any_sha256_hashes', /^[0-9a-f]{64}$/i),
  aws_account_id: column('p_any_aws_account_ids', /^\d{12}$/),
  aws_arn: arn,
  aws_instance_id: column('p_any_aws_instance_ids'),
  aws_tag: column('p_any_aws_tags'),
  mac: column(
    'p_any_mac_addresses',
    /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i,
  ),
  serial_number: column('p_any_serial_numbers'),
}

/** Adds a value to the columns of its indicators, where it is valid. */
export function collectIndicators(indicators: readonly Indicator[], value: string, into: IndicatorValues): void {
  if (value.length > maxLength) return
  for (const indicator of indicators) rules[indicator](value, into)
}
