import type { Status } from './collect.ts'

/** 1 when a source needs a person, or a dead letter is there; else 0. */
export const exitCode = ({ totals }: Pick<Status, 'totals'>): number =>
  totals.needPerson + totals.deadLetters > 0 ? 1 : 0
