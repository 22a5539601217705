import { z } from 'zod'
import type { CustomDomain } from './settings.ts'

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const lastLabel = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])'

/** The custom domain in the settings. Wildcards, which API Gateway knows, are refused, because a URL needs one name. */
export const customDomainSchema: z.ZodType<CustomDomain> = z.strictObject({
  domainName: z
    .string()
    .max(253)
    .regex(
      new RegExp(`^(?:${label}\\.)+${lastLabel}$`),
      'must be a whole domain name in lower-case ASCII, such as auditlake.example.com',
    )
    .describe('Domain name of the URLs, such as auditlake.example.com; no wildcard. API Gateway has each name once.'),
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:acm:[a-z]+(?:-[a-z]+)+-\d:\d{12}:certificate\/[A-Za-z0-9-]+$/,
      'must be the ARN of a certificate in AWS Certificate Manager, such as arn:aws:acm:eu-west-1:123456789012:certificate/12345678-90ab-cdef-1234-567890abcdef',
    )
    .describe(
      "ARN of an issued certificate for the name in AWS Certificate Manager, in the stack's account and region.",
    ),
})

/** Base URL under a custom domain, without a slash at its end. */
export const customDomainUrl = ({ domainName }: CustomDomain): string => `https://${domainName}`
