/** The value of a bigint column: a number, or `JSON.rawJSON` of its digits where a number would lose some. */
export type WholeNumber = number | { readonly rawJSON: string }
