/**
 * How often a view is read again by itself while it is looked at, in milliseconds. On AWS that is for the person to
 * order: each answer is a query that costs.
 */
export const liveMs = { local: 5_000, aws: undefined }

/** Whether a person is at work where an answer would move things: in an open drawer, a table or the timeline. */
export const isBeingRead = (): boolean =>
  document.querySelector('dialog[open], .table:focus-within, .lanes:is(:hover, :focus-within)') !== null ||
  [...document.querySelectorAll('.table')].some(({ scrollTop }) => scrollTop > 0)
