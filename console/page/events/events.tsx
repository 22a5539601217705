import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'
import type { EventRow, Events as EventsAnswer, SourceCard } from '../../api.ts'
import { CostLine, Empty, Failed, Loading } from '../components/notes.tsx'
import { type Column, Table } from '../components/table.tsx'
import { Text } from '../components/text.tsx'
import { Time } from '../components/values.tsx'
import { get, useAsked, useOrder } from '../fetch.ts'
import { timeText } from '../format.ts'
import { linkTo } from '../route.ts'
import { EventDrawer } from './event-drawer.tsx'

interface EventsProps {
  readonly parameters: Readonly<Record<string, string>>
  readonly sources: readonly SourceCard[]
}

const spans = ['1', '7', '30', '90'] as const

/** The newest rows of all providers, and the search across them. The address keeps what is searched. */
export function Events({ parameters, sources }: EventsProps) {
  const { search = '', source = '', days = '7' } = parameters
  const asked = useAsked(
    useCallback(
      (signal: AbortSignal) => get<EventsAnswer>('events', { search, source, days }, signal),
      [search, source, days],
    ),
  )
  const [typed, setTyped] = useState(search)
  useEffect(() => setTyped(search), [search])
  const go = (next: Readonly<Record<string, string>>) => {
    const address = linkTo('events', '', { search: typed.trim(), source, days, ...next })
    if (location.hash === address) asked.again()
    else location.hash = address
  }
  const names = [...new Set([...sources.map((card) => card.source), ...(source === '' ? [] : [source])])]
  return (
    <>
      <h1>Events</h1>
      <search>
        <form
          class="bar search"
          onSubmit={(event) => {
            event.preventDefault()
            go({})
          }}
        >
          <label class="grow">
            <span class="hush">Search for an address, a name, a hash or an id</span>
            <input
              type="search"
              data-search
              value={typed}
              placeholder="address, name, hash or id   ( / )"
              autocomplete="off"
              spellcheck={false}
              onInput={(event) => setTyped(event.currentTarget.value)}
            />
          </label>
          <label>
            <span class="hush">Source</span>
            <select value={source} onChange={(event) => go({ source: event.currentTarget.value })}>
              <option value="">all sources</option>
              {names.map((name) => (
                <option key={name} value={name}>
                  {visible(name)}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span class="hush">Days</span>
            <select value={days} onChange={(event) => go({ days: event.currentTarget.value })}>
              {[...new Set([...spans, days])].map((one) => (
                <option key={one} value={one}>
                  {one === '1' ? 'last day' : `last ${one} days`}
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="do">
            {search === typed.trim() ? 'Read again' : 'Search'}
          </button>
          {search !== '' && (
            <button type="button" onClick={() => go({ search: '' })}>
              Clear
            </button>
          )}
        </form>
      </search>
      {asked.error !== undefined && <Failed error={asked.error} again={asked.again} />}
      {!asked.data && asked.error === undefined && <Loading what="the events" />}
      {asked.data && (
        <Found
          key={asked.at}
          first={asked.data}
          tookMs={asked.tookMs}
          asked={{ search, source, days }}
          onSearch={(text) => go({ search: text })}
        />
      )}
    </>
  )
}

interface FoundProps {
  readonly first: EventsAnswer
  readonly tookMs: number | undefined
  readonly asked: { readonly search: string; readonly source: string; readonly days: string }
  readonly onSearch: (text: string) => void
}

function Found({ first, tookMs, asked, onSearch }: FoundProps) {
  const [pages, setPages] = useState([first])
  const [open, setOpen] = useState<EventRow>()
  const older = useOrder(async (before: string, signal: AbortSignal) => {
    const page = await get<EventsAnswer>('events', { ...asked, before, limit: 500 }, signal)
    setPages((all) => [...all, page])
    return page
  })
  const rows = useMemo(() => pages.flatMap((page) => page.rows), [pages])
  const columns = useMemo(() => columnsOf(onSearch), [])
  const next = pages.at(-1)?.next
  const scanned = pages.flatMap(({ scannedBytes }) => scannedBytes ?? [])
  const scannedBytes = scanned.reduce((sum, bytes) => sum + bytes, 0)
  if (rows.length === 0) {
    return (
      <Empty>
        {asked.search === ''
          ? `No event of the last ${asked.days === '1' ? 'day' : `${asked.days} days`} is a row.`
          : 'Nothing has this text as an address or a hash, nor in a name or an id. Look back over more days, or in all sources.'}
      </Empty>
    )
  }
  return (
    <>
      <p class="bar" aria-live="polite">
        <CostLine
          rows={rows.length}
          noun="event"
          tookMs={pages.length === 1 ? tookMs : undefined}
          {...(scanned.length > 0 && { scannedBytes })}
        />
        <span class="quiet">newest first, times in UTC</span>
      </p>
      <Table
        caption="Events, newest first"
        columns={columns}
        rows={rows}
        onOpen={setOpen}
        openName={(row) => `Open the event of ${timeText(row.at)}: ${row.operation.slice(0, 100)}`}
      />
      <div class="bar">
        {next === undefined ? (
          <span class="quiet">These are all.</span>
        ) : (
          <button type="button" disabled={older.isUnderWay} onClick={() => older.give(next)}>
            {older.isUnderWay ? 'Reading …' : 'Older events'}
          </button>
        )}
      </div>
      {older.error !== undefined && <Failed error={older.error} />}
      {open && <EventDrawer row={open} onSearch={onSearch} onClose={() => setOpen(undefined)} />}
    </>
  )
}

const columnsOf = (onSearch: (text: string) => void): readonly Column<EventRow>[] => {
  const searched = (title: string, of: (row: EventRow) => string | undefined): Column<EventRow> => ({
    title,
    text: (row) => of(row) ?? '',
    cell: (row) => {
      const value = of(row)
      if (value === undefined || value === '') return <span class="quiet">–</span>
      return (
        <button type="button" class="find" title="Search for it" onClick={() => onSearch(value)}>
          <Text of={value} cut={200} />
        </button>
      )
    },
  })
  return [
    { title: 'Time', text: (row) => timeText(row.at), cell: (row) => <Time of={row.at} /> },
    { title: 'Operation', text: (row) => row.operation },
    searched('Who', (row) => row.who),
    searched('Address', (row) => row.address),
    searched('Resource', (row) => row.resource),
    { title: 'Status', text: (row) => row.status ?? '' },
    { title: 'Product', text: (row) => row.product },
    { title: 'Source', text: (row) => row.source },
  ]
}
