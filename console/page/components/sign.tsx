/** Small drawings that stand beside a word, so that no state is told by colour alone. */

const paths = {
  good: 'M3 8.5l3.2 3.2L13 5',
  open: 'M8 2.5a5.5 5.5 0 1 0 .01 0z',
  crossed: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  warning: 'M8 2L15 14H1zM8 6.5v3.5M8 11.8v.6',
  quiet: 'M2 8h3m2 0h2m2 0h3',
  late: 'M8 2.5a5.5 5.5 0 1 0 .01 0zM8 5v3.3l2.3 1.4',
} as const

export type SignName = keyof typeof paths

/** A sign in the colour of its text. */
export function Sign({ of }: { readonly of: SignName }) {
  return (
    <svg class="sign" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
      <path d={paths[of]} fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" />
    </svg>
  )
}
