/**
 * Time after which a wait counts as a hang, in milliseconds. Tests must not depend on the machine's speed, so limits
 * catch hangs only.
 */
export const hangMs = 180_000
