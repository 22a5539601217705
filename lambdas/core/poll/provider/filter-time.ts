/**
 * A time for feed filters with a precision of seconds: RFC 3339, in UTC.
 * @param time whole seconds since 1970
 */
export const filterTime = (time: number): string => new Date(time * 1000).toISOString().replace('.000Z', 'Z')
