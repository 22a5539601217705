/** How many events and other parts were found, and what became of them. */
export interface Counts {
  readonly fetched: number
  /** Rows published. */
  readonly new: number
  /** Events and failures that were published before. */
  readonly duplicate: number
  /** Parts that are not events, published as rows of failures. */
  readonly failed: number
}
