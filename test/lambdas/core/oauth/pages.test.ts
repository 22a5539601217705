import { expect, test } from 'vitest'
import { pageOf } from '../../../../lambdas/core/oauth/pages.ts'

const outcomes = [
  ['stored', 200],
  ['unknown_source', 404],
  ['invalid_link', 403],
  ['expired', 410],
  ['used', 410],
  ['too_many', 429],
  ['denied', 403],
  ['refused', 403],
  ['provider_down', 502],
  ['store_down', 503],
  ['internal', 500],
] as const

test.each(outcomes)('the page for %s has status %d, and nothing keeps, frames or runs it', (outcome, status) => {
  const { statusCode, headers, body } = pageOf(outcome)
  expect(statusCode).toBe(status)
  expect(body).toMatch(/^<!doctype html>.*<p>[^<>&]+<\/p>/)
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
})

test('the way to the provider is not kept either, and shows nothing', () => {
  const { statusCode, headers, body } = pageOf('started', 'https://provider.example/consent')
  expect({ statusCode, body }).toEqual({ statusCode: 302, body: '' })
  expect(headers).toMatchObject({
    location: 'https://provider.example/consent',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
})
