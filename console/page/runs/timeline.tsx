import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { RunLane, Runs } from '../../api.ts'
import { Text } from '../components/text.tsx'
import { counted, minuteText } from '../format.ts'
import { Lane } from './lane.tsx'
import { type Chosen, placeOf, ticksOf } from './lane-drawing.ts'
import { RunLine } from './run-line.tsx'
import { Key } from './shapes.tsx'

interface TimelineProps {
  readonly runs: Runs
  readonly lanes: readonly RunLane[]
}

/** A lane for each stream, one time for all. What is pointed at is told below, in a place of its own. */
export function Timeline({ runs: { from, to }, lanes }: TimelineProps) {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [chosen, setChosen] = useState<Chosen>()
  useEffect(() => {
    const place = box.current
    if (!place) return
    // Without its padding.
    const watch = new ResizeObserver(([seen]) => setWidth(Math.floor(seen?.contentRect.width ?? 0)))
    watch.observe(place)
    return () => watch.disconnect()
  }, [])
  const scale = useMemo(() => ({ from, to, width }), [from, to, width])
  const ticks = ticksOf(from, to, Math.max(2, Math.floor(width / 110)))
  const gaps = lanes.reduce((sum, lane) => sum + lane.gaps.length, 0)
  return (
    <section aria-labelledby="timeline">
      <div class="bar">
        <h2 id="timeline">Timeline</h2>
        <span class="quiet">
          {minuteText(from)} to {minuteText(to)} UTC{gaps > 0 ? `; ${counted(gaps, 'gap')} in what was read` : ''}
        </span>
      </div>
      <Key />
      <div class="sheet lanes">
        <div class="lane-names" aria-hidden="true">
          <span class="axis" />
          {lanes.map((lane) => (
            <span key={`${lane.source} ${lane.stream}`} class="lane-name">
              <b>
                <Text of={lane.source} cut={60} />
              </b>
              <Text of={lane.stream} cut={60} />
            </span>
          ))}
        </div>
        <div class="lane-drawings" ref={box}>
          <svg class="axis" width={width} height="22" aria-hidden="true">
            {ticks.map((time) => (
              <text key={time} x={placeOf(time, scale)} y="15" text-anchor={anchorOf(placeOf(time, scale), width)}>
                {minuteText(time)}
              </text>
            ))}
          </svg>
          {width > 0 &&
            lanes.map((lane) => (
              <Lane
                key={`${lane.source} ${lane.stream}`}
                lane={lane}
                scale={scale}
                ticks={ticks}
                chosen={chosen?.lane === lane ? chosen.mark : undefined}
                onChoose={setChosen}
              />
            ))}
        </div>
      </div>
      <RunLine chosen={chosen} />
    </section>
  )
}

const anchorOf = (x: number, width: number): 'start' | 'middle' | 'end' =>
  x < 40 ? 'start' : x > width - 40 ? 'end' : 'middle'
