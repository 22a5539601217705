import type { Shape } from './lane-drawing.ts'

/** Where a sign stands in its lane, in pixels from the top: what is rare does not cover what is frequent. */
export const heights: Readonly<Record<Shape, number>> = { failed: 26, sweep: 26, job: 26, merge: 38, run: 38 }

const paths: Readonly<Record<Shape, string>> = {
  failed: 'M-5-5L5 5M5-5L-5 5',
  sweep: 'M0-5L5 0L0 5L-5 0z',
  job: 'M-4-4h8v8h-8z',
  merge: 'M-4 4L0-4L4 4z',
  run: 'M0-4V4',
}

/** The sign of a run. */
export function ShapeOf({
  shape,
  x,
  y = heights[shape],
}: {
  readonly shape: Shape
  readonly x: number
  readonly y?: number
}) {
  return <path class={`mark ${shape}`} transform={`translate(${x.toFixed(1)} ${y})`} d={paths[shape]} />
}

const meanings: Readonly<Record<Shape, string>> = {
  failed: 'failed',
  sweep: 'sweep, reconcile, listing',
  job: 'backfill, replay, recovery',
  merge: 'merge',
  run: 'run',
}

const shapes = ['run', 'sweep', 'job', 'merge', 'failed'] as const satisfies readonly Shape[]

/** What the signs mean. */
export function Key() {
  return (
    <ul class="key">
      <li>
        <svg width="16" height="14" aria-hidden="true">
          <path class="read" d="M0 3h16v8H0z" />
        </svg>
        event time read
      </li>
      <li>
        <svg width="16" height="14" aria-hidden="true">
          <path class="gap" d="M1 1h14v12H1zM7 1l-4 12M13 1l-4 12" />
        </svg>
        gap
      </li>
      {shapes.map((shape) => (
        <li key={shape}>
          <svg width="16" height="14" aria-hidden="true">
            <ShapeOf shape={shape} x={8} y={7} />
          </svg>
          {meanings[shape]}
        </li>
      ))}
    </ul>
  )
}
