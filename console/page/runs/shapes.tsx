import type { Shape } from './lane-drawing.ts'

interface Sign {
  /** Where it stands in its lane, in pixels from the top: what is rare does not cover what is frequent. */
  readonly height: number
  readonly path: string
  readonly meaning: string
}

/** The signs of runs. */
export const signs: Readonly<Record<Shape, Sign>> = {
  run: { height: 38, path: 'M0-4V4', meaning: 'run' },
  sweep: { height: 26, path: 'M0-5L5 0L0 5L-5 0z', meaning: 'sweep, reconcile, listing' },
  job: { height: 26, path: 'M-4-4h8v8h-8z', meaning: 'backfill, replay, recovery' },
  merge: { height: 38, path: 'M-4 4L0-4L4 4z', meaning: 'merge' },
  failed: { height: 26, path: 'M-5-5L5 5M5-5L-5 5', meaning: 'failed' },
}

/** The sign of a run. */
export function ShapeOf({
  shape,
  x,
  y = signs[shape].height,
}: {
  readonly shape: Shape
  readonly x: number
  readonly y?: number
}) {
  return <path class={`mark ${shape}`} transform={`translate(${x.toFixed(1)} ${y})`} d={signs[shape].path} />
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
          {signs[shape].meaning}
        </li>
      ))}
    </ul>
  )
}
