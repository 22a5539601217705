import { isIP } from 'node:net'
import type { Indicator } from '../../../schemas/definition.ts'

/** Column of an indicator -> the distinct values that one event has for it. */
export type IndicatorValues = Map<string, Set<string>>

type Add = (column: string, value: string) => void
type Rule = (value: string, add: Add) => void

/** Fillers that providers write for "unknown"; as indicators they would tie unrelated events together. */
const fillers = new Set(['', '0', '0.0.0.0', '::'])

const into =
  (column: string, valid?: RegExp): Rule =>
  (value, add) => {
    if (valid === undefined || valid.test(value)) add(column, value)
  }

const emailForm = /^[^\s@<>()",;:]+@[^\s@<>()",;:]+\.[^\s@<>()",;:]+$/
const emailInside = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/
const instanceInside = /(?:^|[/:])(i-[0-9a-f]{8}(?:[0-9a-f]{9})?)(?:$|[/:])/
const arnForm = /^arn:aws[\w-]*:[\w-]+:[\w-]*:(\d{12}|aws)?:(.+)$/s

const ip: Rule = (value, add) => {
  if (isIP(value)) add('p_any_ip_addresses', value)
}

const hostname: Rule = (value, add) => add(isIP(value) ? 'p_any_ip_addresses' : 'p_any_domain_names', value)

const netAddr: Rule = (value, add) => {
  if (isIP(value)) return add('p_any_ip_addresses', value)
  const host = /^\[([^\]]+)\](?::\d{1,5})?$|^([^:]+)(?::\d{1,5})?$/.exec(value)
  const name = host?.[1] ?? host?.[2]
  if (name) hostname(name, add)
}

const url: Rule = (value, add) => {
  const host = URL.canParse(value) ? new URL(value).hostname : ''
  if (host) hostname(host.replace(/^\[|\]$/g, ''), add)
}

const arn: Rule = (value, add) => {
  const match = arnForm.exec(value)
  if (!match) return
  const [, account, resource = ''] = match
  add('p_any_aws_arns', value)
  if (account && account !== 'aws') add('p_any_aws_account_ids', account)
  const instance = instanceInside.exec(resource)?.[1]
  if (instance) add('p_any_aws_instance_ids', instance)
  const email = emailInside.exec(resource)?.[0]
  if (email) add('p_any_emails', email)
}

/** Panther's indicators: https://docs.panther.com/data-onboarding/custom-log-types/reference#indicators */
const rules: Readonly<Record<Indicator, Rule>> = {
  ip,
  hostname,
  net_addr: netAddr,
  url,
  domain: into('p_any_domain_names'),
  email: into('p_any_emails', emailForm),
  username: into('p_any_usernames'),
  actor_id: into('p_any_actor_ids'),
  trace_id: into('p_any_trace_ids'),
  md5: into('p_any_md5_hashes', /^[0-9a-f]{32}$/i),
  sha1: into('p_any_sha1_hashes', /^[0-9a-f]{40}$/i),
  sha256: into('p_any_sha256_hashes', /^[0-9a-f]{64}$/i),
  aws_account_id: into('p_any_aws_account_ids', /^\d{12}$/),
  aws_arn: arn,
  aws_instance_id: into('p_any_aws_instance_ids'),
  aws_tag: into('p_any_aws_tags'),
  mac: into(
    'p_any_mac_addresses',
    /^(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$/i,
  ),
  serial_number: into('p_any_serial_numbers'),
}

/** Adds what a value tells, if it is a valid value for the indicator. */
export function collectIndicators(indicators: readonly Indicator[], value: string, values: IndicatorValues): void {
  if (fillers.has(value)) return
  const add: Add = (column, found) => {
    if (fillers.has(found)) return
    const set = values.get(column)
    if (set) set.add(found)
    else values.set(column, new Set([found]))
  }
  for (const indicator of indicators) rules[indicator](value, add)
}
