import { expect, test } from 'vitest'
import { collectIndicators, type IndicatorValues } from '../../../../lambdas/core/normalize/indicators.ts'
import type { Indicator } from '../../../../schemas/definition.ts'

const found = (indicator: Indicator, ...values: string[]): Record<string, string[]> => {
  const all: IndicatorValues = new Map()
  for (const value of values) collectIndicators([indicator], value, all)
  return Object.fromEntries([...all].map(([column, set]) => [column, set.all]))
}
const hex = (digits: number) => 'a1'.repeat(digits / 2)

test.each<[Indicator, string, Record<string, string[]>]>([
  ['ip', '192.0.2.1', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['ip', '2001:db8::1', { p_any_ip_addresses: ['2001:db8::1'] }],
  ['ip', '192.0.2.256', {}],
  ['ip', '0.0.0.0', {}],
  ['ip', '::', {}],
  ['ip', '0:0:0:0:0:0:0:0', {}],
  ['ip', '::ffff:0.0.0.0', {}],
  ['ip', 'fe80::1%eth0', { p_any_ip_addresses: ['fe80::1'] }],
  ['ip', '203.0.113.5, 10.0.0.1', { p_any_ip_addresses: ['203.0.113.5', '10.0.0.1'] }],
  ['ip', ' 203.0.113.5', { p_any_ip_addresses: ['203.0.113.5'] }],
  ['ip', '203.0.113.5:443', { p_any_ip_addresses: ['203.0.113.5'] }],
  ['ip', '[2001:db8::1]:443', { p_any_ip_addresses: ['2001:db8::1'] }],
  ['ip', '[2001:db8::1]', { p_any_ip_addresses: ['2001:db8::1'] }],
  [
    'ip',
    '2001:db8::1,[2001:db8::2]:1; 192.0.2.1:8080 0.0.0.0',
    { p_any_ip_addresses: ['2001:db8::1', '2001:db8::2', '192.0.2.1'] },
  ],
  ['ip', '203.0.113.5 (proxy)', {}],
  ['ip', 'dead, beef', {}],
  ['domain', 'example.com', { p_any_domain_names: ['example.com'] }],
  ['hostname', 'db.example.com', { p_any_domain_names: ['db.example.com'] }],
  ['hostname', '192.0.2.1', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['net_addr', 'db.example.com:5432', { p_any_domain_names: ['db.example.com'] }],
  ['net_addr', '192.0.2.1:22', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['net_addr', '[2001:db8::1]:22', { p_any_ip_addresses: ['2001:db8::1'] }],
  ['net_addr', '2001:db8::1', { p_any_ip_addresses: ['2001:db8::1'] }],
  ['net_addr', '0.0.0.0:80', {}],
  ['net_addr', ':80', {}],
  ['url', 'https://example.com:8443/path?q=1', { p_any_domain_names: ['example.com'] }],
  ['url', 'http://[2001:db8::1]/', { p_any_ip_addresses: ['2001:db8::1'] }],
  ['url', 'https://192.0.2.1/x', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['url', 'https://192.0.2.0x1/', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['url', 'https://192.0.513/', { p_any_ip_addresses: ['192.0.2.1'] }],
  ['url', 'https://1.example.2x/', { p_any_domain_names: ['1.example.2x'] }],
  ['url', 'not a url', {}],
  ['url', 'foo://%20/', {}],
  ['email', 'a.b@example.com', { p_any_emails: ['a.b@example.com'] }],
  ['email', 'nobody', {}],
  ['email', 'a@...', {}],
  ['email', `a@${'x.'.repeat(500)}com`, { p_any_emails: [`a@${'x.'.repeat(500)}com`] }],
  ['email', `a@${'.'.repeat(1_000_000)}`, {}],
  ['email', 'two@at@example.com', {}],
  ['username', 'octocat', { p_any_usernames: ['octocat'] }],
  ['username', '', {}],
  ['username', ' ', {}],
  ['username', 'x'.repeat(5_000), {}],
  ['actor_id', '17', { p_any_actor_ids: ['17'] }],
  ['actor_id', '0', {}],
  ['trace_id', 'abc', { p_any_trace_ids: ['abc'] }],
  ['md5', hex(32), { p_any_md5_hashes: [hex(32)] }],
  ['md5', hex(40), {}],
  ['sha1', hex(40), { p_any_sha1_hashes: [hex(40)] }],
  ['sha1', 'g'.repeat(40), {}],
  ['sha1', '0'.repeat(40), {}],
  ['sha256', hex(64), { p_any_sha256_hashes: [hex(64)] }],
  ['aws_account_id', '123456789012', { p_any_aws_account_ids: ['123456789012'] }],
  ['aws_account_id', '12345', {}],
  [
    'aws_arn',
    'arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0',
    {
      p_any_aws_arns: ['arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0'],
      p_any_aws_account_ids: ['123456789012'],
      p_any_aws_instance_ids: ['i-0123456789abcdef0'],
    },
  ],
  [
    'aws_arn',
    'arn:aws:sts::123456789012:assumed-role/admin/jane@example.com',
    {
      p_any_aws_arns: ['arn:aws:sts::123456789012:assumed-role/admin/jane@example.com'],
      p_any_aws_account_ids: ['123456789012'],
      p_any_emails: ['jane@example.com'],
    },
  ],
  ['aws_arn', 'arn:aws:s3:::bucket/key', { p_any_aws_arns: ['arn:aws:s3:::bucket/key'] }],
  ['aws_arn', 'not:an:arn', {}],
  ['aws_arn', `arn:aws:s3:::${'a'.repeat(1_000_000)}`, {}],
  ['aws_instance_id', 'i-0123456789abcdef0', { p_any_aws_instance_ids: ['i-0123456789abcdef0'] }],
  ['aws_tag', 'team:security', { p_any_aws_tags: ['team:security'] }],
  ['mac', '00:1A:2b:3c:4d:5e', { p_any_mac_addresses: ['00:1A:2b:3c:4d:5e'] }],
  ['mac', '00:1A-2b:3c:4d:5e', {}],
  ['mac', '001a.2b3c.4d5e', { p_any_mac_addresses: ['001a.2b3c.4d5e'] }],
  ['serial_number', 'C02XYZ', { p_any_serial_numbers: ['C02XYZ'] }],
])('%s %j', (indicator, value, expected) => expect(found(indicator, value)).toEqual(expected))

test('values are distinct', () => {
  expect(found('username', 'b', 'a', 'b')).toEqual({ p_any_usernames: ['b', 'a'] })
})
