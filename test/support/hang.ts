/**
 * After how long a wait is taken for a hang, in milliseconds. No test may depend on how fast the machine is: what a test
 * needs is waited for, and limits catch hangs only.
 */
export const hangMs = 180_000
