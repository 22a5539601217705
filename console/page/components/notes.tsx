import type { ComponentChildren } from 'preact'
import type { Cost } from '../../api.ts'
import { bytesText, counted, tookText } from '../format.ts'
import { Advice } from './text.tsx'

/** Says that there is nothing, and what that means. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}

/** An error, whole, with a way to try again. */
export function Failed({ error, again }: { readonly error: string; readonly again?: () => void }) {
  return (
    <div class="failed" role="alert">
      <p>
        <Advice of={error} />
      </p>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}

/** Stands where an answer is awaited, in the place that it will take. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <p class="empty" role="status">
      Reading {what} …
    </p>
  )
}

/** The cost alone of an answer, absent where there is none. */
export const costOf = ({ scannedBytes }: Cost): Cost => (scannedBytes === undefined ? {} : { scannedBytes })

interface CostLineProps extends Cost {
  readonly rows?: number
  readonly noun?: string
  readonly tookMs?: number | undefined
}

/** How many rows an answer has, how long it took, and what Athena read for it. */
export function CostLine({ rows, noun = 'row', tookMs, scannedBytes }: CostLineProps) {
  return (
    <span class="cost">
      {[
        ...(rows === undefined ? [] : [counted(rows, noun)]),
        ...(tookMs === undefined ? [] : [tookText(tookMs)]),
        ...(scannedBytes === undefined ? [] : [`${bytesText(scannedBytes)} read by Athena`]),
      ].join(' · ')}
    </span>
  )
}
