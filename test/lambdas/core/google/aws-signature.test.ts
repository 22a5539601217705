import { expect, test } from 'vitest'
import { signedHeaders } from '../../../../lambdas/core/google/aws-signature.ts'

/** Example credentials and results of AWS's test suite for Signature Version 4 (aws4_testsuite). */
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='

test.each([
  ['get-vanilla', 'GET', '', {}, {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '', {}, {}, '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'post-vanilla-query',
    'POST',
    '?Param1=value1',
    {},
    {},
    '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  ],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '?Param2=value2&Param1=value1',
    {},
    {},
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-header-value-trim',
    'GET',
    '',
    { 'my-header1': ' value1', 'my-header2': ' "a   b   c"' },
    {},
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'post-sts-header-before',
    'POST',
    '',
    {},
    { sessionToken },
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
])('%s of AWS is signed as AWS does', (_name, method, query, headers, token, signature) => {
  const unsigned = {
    method,
    url: `https://example.amazonaws.com${query}`,
    headers,
    region: 'us-east-1',
    service: 'service',
  }
  const signed = signedHeaders(unsigned, { ...credentials, ...token }, Date.UTC(2015, 7, 30, 12, 36))
  expect(signed.Authorization).toContain('Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ')
  expect(signed.Authorization).toContain(`Signature=${signature}`)
  expect(signed['x-amz-date']).toBe('20150830T123600Z')
})
