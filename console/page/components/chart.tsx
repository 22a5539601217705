import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import { colourOf, useColours } from '../theme.ts'

interface ChartProps {
  /** In milliseconds since 1970. */
  readonly times: readonly number[]
  /** Stacked bars, the lowest first; the colours of the style are `--c0`, `--c1` and so on. */
  readonly tops: readonly (readonly number[])[]
  /** The bar under the pointer. */
  readonly onPoint: (index: number | undefined) => void
}

const height = 150

const compact = new Intl.NumberFormat('en-US', { notation: 'compact' })

/** Counts are whole, so that their axis has no steps between. */
const wholeSteps = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()

/** Stacked bars over time. It is a drawing alone: the figures stand beside it as text. */
export function Chart({ times, tops, onPoint }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const colours = useColours()
  // Drawn anew when the colours change.
  useEffect(() => {
    const place = box.current
    if (!place) return
    const axis = { stroke: colourOf('--quiet'), grid: { stroke: colourOf('--line'), width: 1 }, ticks: { show: false } }
    const [first = 0, second = first + 3_600_000] = times
    const step = (second - first) / 1_000
    const bars = uPlot.paths.bars?.({ size: [0.85, 24], align: 1 })
    // The highest is drawn first, and the lower ones over it.
    const order = tops.map((_, index) => tops.length - 1 - index)
    const plot = new uPlot(
      {
        width: place.clientWidth,
        height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { show: false }, y: false },
        // The last bar has room as well.
        scales: {
          x: { range: (_, first, last) => [first, last + step] },
          y: { range: (_, __, most) => [0, Math.max(1, most)] },
        },
        axes: [
          { ...axis, values: '{MM}-{DD} {HH}:{mm}', size: 26, space: 90, font: '11px system-ui' },
          {
            ...axis,
            size: 44,
            font: '11px system-ui',
            incrs: wholeSteps,
            values: (_, values) => values.map((value) => compact.format(value)),
          },
        ],
        series: [
          {},
          ...order.map((index) => ({
            fill: colourOf(`--c${index}`),
            stroke: colourOf(`--c${index}`),
            width: 0,
            points: { show: false },
            ...(bars && { paths: bars }),
          })),
        ],
        hooks: {
          setCursor: [
            (drawn) => {
              const { left = -1 } = drawn.cursor
              onPoint(left < 0 ? undefined : Math.floor((drawn.posToVal(left, 'x') - first / 1_000) / step))
            },
          ],
        },
      },
      [times.map((time) => time / 1_000), ...order.map((index) => [...(tops[index] ?? [])])],
      place,
    )
    const watch = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height }))
    watch.observe(place)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [times, tops, colours])
  return <div class="sheet chart" ref={box} aria-hidden="true" />
}
