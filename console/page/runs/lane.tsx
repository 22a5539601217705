import { useMemo } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'
import type { RunLane } from '../../api.ts'
import { counted } from '../format.ts'
import { type Chosen, hasFailed, type Mark, marksOf, placeOf, readSpans, type Scale } from './lane-drawing.ts'
import { runText } from './run-line.tsx'
import { ShapeOf, signs } from './shapes.tsx'

interface LaneProps {
  readonly lane: RunLane
  readonly scale: Scale
  readonly ticks: readonly number[]
  readonly chosen: Mark | undefined
  readonly onChoose: (chosen: Chosen) => void
}

/** Distance within which the pointer finds a mark, in pixels. */
const reach = 12

/**
 * The runs of a stream over time: above the event time that was read and its gaps, below a sign for each run at the
 * time when it ran. The arrow keys go from sign to sign.
 */
export function Lane({ lane, scale, ticks, chosen, onChoose }: LaneProps) {
  const marks = useMemo(() => marksOf(lane, scale), [lane, scale])
  const spans = useMemo(() => readSpans(lane.runs, scale), [lane, scale])
  const gaps = lane.gaps.map(({ from, to }) => ({ from: placeOf(from, scale), to: placeOf(to, scale) }))
  const hasTrack = lane.gaps.length > 0 || lane.runs.some(({ window }) => window !== undefined)
  const failed = lane.runs.filter(hasFailed).length
  const at = chosen ? marks.findIndex((mark) => mark.x === chosen.x && mark.shape === chosen.shape) : -1
  const choose = (index: number) => {
    const mark = marks[Math.max(0, Math.min(marks.length - 1, index))]
    if (mark) onChoose({ lane, mark })
  }
  const point = (event: PointerEvent & { readonly currentTarget: Element }) => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    const [x, y] = [event.clientX - left, event.clientY - top]
    const distance = (mark: Mark) => Math.hypot(mark.x - x, (signs[mark.shape].height - y) / 2)
    const [nearest] = marks.filter((mark) => Math.abs(mark.x - x) <= reach).sort((a, b) => distance(a) - distance(b))
    if (nearest) onChoose({ lane, mark: nearest })
  }
  const go: Readonly<Record<string, number>> = {
    ArrowLeft: at < 0 ? marks.length - 1 : at - 1,
    ArrowRight: at < 0 ? 0 : at + 1,
    Home: 0,
    End: marks.length - 1,
  }
  const gapText = gaps.length === 0 ? 'no gap' : counted(gaps.length, 'gap')
  const name = `${lane.source} ${lane.stream}: ${counted(lane.runs.length, 'run')}, ${failed} failed, ${gapText}`
  const [newest] = chosen?.runs ?? []
  return (
    <div
      class="lane"
      role="slider"
      tabIndex={0}
      aria-label={visible(name.slice(0, 400))}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, marks.length - 1)}
      aria-valuenow={Math.max(0, at)}
      aria-valuetext={newest ? visible(runText(newest).slice(0, 400)) : 'no run chosen; the arrow keys choose one'}
      onPointerMove={point}
      onPointerDown={point}
      onKeyDown={(event) => {
        const next = go[event.key]
        if (next === undefined) return
        event.preventDefault()
        choose(next)
      }}
    >
      <svg width={scale.width} height="46" aria-hidden="true" focusable="false">
        {ticks.map((time) => (
          <path key={time} class="tick" d={`M${placeOf(time, scale).toFixed(1)} 0V46`} />
        ))}
        {hasTrack && <path class="track" d={`M0 10H${scale.width}`} />}
        <path class="read" d={spans.map(({ from, to }) => bar(from, to, 6, 8)).join('')} />
        {gaps.map(({ from, to }) => (
          <path key={from} class="gap" d={`${bar(from, to, 4, 12)}${hatched(from, Math.max(from + 2, to))}`} />
        ))}
        {marks.map((mark) => (
          <ShapeOf key={`${mark.x} ${mark.shape}`} shape={mark.shape} x={mark.x} />
        ))}
        {at >= 0 && chosen && <circle class="chosen" cx={chosen.x} cy={signs[chosen.shape].height} r="8" />}
      </svg>
    </div>
  )
}

/** A bar that is at least as wide as can be seen. */
const bar = (from: number, to: number, y: number, height: number): string =>
  `M${from.toFixed(1)} ${y}h${Math.max(1.5, to - from).toFixed(1)}v${height}H${from.toFixed(1)}z`

function hatched(from: number, to: number): string {
  const lines: string[] = []
  for (let x = from + 4; x < to; x += 6) lines.push(`M${x.toFixed(1)} 4l-4 12`)
  return lines.join('')
}
