import type { Logger } from '@aws-lambda-powertools/logger'
import type { FlowAnswer } from './flow.ts'

/**
 * Logs how a request ended, in our own words: the request and the answers of the provider hold codes and tokens, and so
 * may the messages of errors.
 */
export function reportConsent({ outcome, sourceId, cause }: FlowAnswer, logger: Logger): void {
  const detail = {
    outcome,
    ...(sourceId !== undefined && { source: sourceId }),
    ...(cause !== undefined && errorIn(cause)),
  }
  if (outcome === 'started' || outcome === 'stored') logger.info('consent', detail)
  else if (outcome === 'internal' || outcome === 'store_down') logger.error('consent failed', detail)
  else logger.warn('consent refused', detail)
}

const errorIn = (cause: unknown) => {
  const names = [cause, cause instanceof Error ? cause.cause : undefined].flatMap((one) =>
    one instanceof Error ? [one.name] : [],
  )
  return { error: names.join(', because of ') || 'unknown' }
}
