import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'
import { widthOf, windowOf } from './columns.ts'
import { Text } from './text.tsx'

export interface Column<R> {
  readonly title: string
  /** The text by which the column's width is found, and its beginning shown. */
  readonly text: (row: R) => string
  /** What is shown instead of the text. */
  readonly cell?: (row: R, index: number) => ComponentChildren
  readonly isNumber?: boolean
  /** Characters that the column takes; by default those of its longest text. */
  readonly width?: number
}

interface TableProps<R> {
  readonly caption: string
  readonly columns: readonly Column<R>[]
  readonly rows: readonly R[]
  /** Opens a row; the first column's cell becomes the button. */
  readonly onOpen?: (row: R, index: number) => void
  /** What opening does with a row, for those who do not see it. */
  readonly openName?: (row: R, index: number) => string
}

/** As in the style. */
const rowHeight = 28

/** A table of any number of rows, of which only those in sight are in the page. */
export function Table<R>({ caption, columns, rows, onOpen, openName }: TableProps<R>) {
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState({ top: 0, height: 800 })
  const look = () => {
    const shown = box.current
    if (shown) setSeen({ top: shown.scrollTop, height: shown.clientHeight })
  }
  useLayoutEffect(look, [])
  useEffect(() => {
    const shown = box.current
    if (!shown) return
    const watch = new ResizeObserver(look)
    watch.observe(shown)
    return () => watch.disconnect()
  }, [])
  const widths = useMemo(
    () => columns.map(({ title, text, width }) => width ?? widthOf(title, rows, text)),
    [columns, rows],
  )
  const [first, last] = windowOf(rows.length, rowHeight, seen.top, seen.height)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section class="sheet table" ref={box} tabIndex={0} aria-label={caption} onScroll={look}>
      <table aria-rowcount={rows.length + 1}>
        <colgroup>
          {widths.map((width, index) => (
            <col key={columns[index]?.title} style={{ width: `calc(${width}ch + 1.5rem)` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" class={isNumber ? 'number' : undefined}>
                <Text of={title} cut={80} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <Space rows={first} columns={columns.length} />}
          {rows.slice(first, last).map((row, at) => {
            const index = first + at
            return (
              <tr key={index} aria-rowindex={index + 2}>
                {columns.map(({ title, text, cell, isNumber }, place) => {
                  const shown = cell ? cell(row, index) : <Text of={text(row)} cut={200} />
                  return (
                    <td key={title} class={isNumber ? 'number' : undefined}>
                      {place === 0 && onOpen ? (
                        <button
                          type="button"
                          class="open"
                          aria-label={openName && visible(openName(row, index))}
                          onClick={() => onOpen(row, index)}
                        >
                          {shown}
                        </button>
                      ) : (
                        shown
                      )}
                    </td>
                  )
                })}
              </tr>
            )
          })}
          {last < rows.length && <Space rows={rows.length - last} columns={columns.length} />}
        </tbody>
      </table>
    </section>
  )
}

/** Takes the place of rows that are out of sight. */
function Space({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: this row cannot be focused.
    <tr aria-hidden="true" class="space">
      <td colSpan={columns} style={{ height: `${rows * rowHeight}px` }} />
    </tr>
  )
}
