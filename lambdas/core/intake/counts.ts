/** What became of the events and other parts that were found. */
export interface Counts {
  readonly fetched: number
  /** Rows published. */
  readonly new: number
  /** Parts that were published before. */
  readonly duplicate: number
  /** Parts that are not events, published as rows of failures. */
  readonly failed: number
}
