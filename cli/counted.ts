/** A number for people, with separators between thousands. */
export const grouped = (count: number): string => count.toLocaleString('en-US')

/** A number of things. */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
