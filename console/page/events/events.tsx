import type { ComponentChildren } from 'preact'
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'
import type { EventRow, Events as EventsAnswer, Place, SourceCard } from '../../api.ts'
import { CostLine, Empty, Failed, Loading } from '../components/notes.tsx'
import { type Column, Table } from '../components/table.tsx'
import { Text } from '../components/text.tsx'
import { Time } from '../components/values.tsx'
import { get, useAsked, useOrder } from '../fetch.ts'
import { counted, timeText } from '../format.ts'
import { isBeingRead, liveMs } from '../live.ts'
import { linkTo } from '../route.ts'
import { EventDrawer } from './event-drawer.tsx'

interface EventsProps {
  readonly place: Place
  readonly parameters: Readonly<Record<string, string>>
  readonly sources: readonly SourceCard[]
}

const spans = ['1', '7', '30', '90'] as const

/** The newest rows of all providers, and the search across them. The address keeps what is searched. */
export function Events({ place, parameters, sources }: EventsProps) {
  const { search = '', source = '', days = '7' } = parameters
  const query = JSON.stringify([search, source, days])
  const [paged, setPaged] = useState<Paged>()
  const kept = paged?.query === query ? paged : undefined
  const older = useOrder(async ({ pages, ...rest }: Paged, signal) => {
    const before = pages.at(-1)?.next ?? ''
    const page = await get<EventsAnswer>('events', { search, source, days, before, limit: 500 }, signal)
    setPaged({ ...rest, pages: [...pages, page] })
  })
  useEffect(() => {
    setPaged(undefined)
    older.forget()
  }, [query])
  const asked = useAsked(
    useCallback(
      (signal: AbortSignal) => get<EventsAnswer>('events', { search, source, days }, signal),
      [search, source, days],
    ),
    // Newer rows would part the first page from those that follow it.
    () => (kept ? undefined : liveMs[place.kind]),
    isBeingRead,
  )
  const { data } = asked
  const pages = useMemo(() => kept?.pages ?? (data ? [data] : []), [kept, data])
  const [typed, setTyped] = useState(search)
  useEffect(() => setTyped(search), [search])
  const readAgain = () => {
    setPaged(undefined)
    older.forget()
    asked.again()
  }
  const go = (next: Readonly<Record<string, string>>) => {
    const wanted = { search: typed.trim(), source, days, ...next }
    if (JSON.stringify([wanted.search, wanted.source, wanted.days]) === query) readAgain()
    else location.hash = linkTo('events', '', wanted)
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
      {!data && asked.error === undefined && <Loading what="the events" />}
      {data && (
        <Found
          key={query}
          pages={pages}
          tookMs={asked.tookMs}
          nothing={search === '' ? `No event of the last ${days === '1' ? 'day' : `${days} days`} is a row.` : notFound}
          onSearch={(text) => go({ search: text })}
        >
          <button
            type="button"
            disabled={older.isUnderWay}
            onClick={() => {
              const order = { query, pages }
              setPaged(order)
              older.give(order)
            }}
          >
            {older.isUnderWay ? 'Reading …' : 'Older events'}
          </button>
        </Found>
      )}
      {older.error !== undefined && <Failed error={older.error} />}
    </>
  )
}

const notFound =
  'Nothing has this text as an address or a hash, nor in a name or an id. Look back over more days, or in all sources.'

/** What is shown from the first click on for older events. */
interface Paged {
  /** The search that they belong to. */
  readonly query: string
  readonly pages: readonly EventsAnswer[]
}

interface FoundProps {
  readonly pages: readonly EventsAnswer[]
  readonly tookMs: number | undefined
  /** The text for an empty result. */
  readonly nothing: string
  /** Asks for older rows, where there are any. */
  readonly children: ComponentChildren
  readonly onSearch: (text: string) => void
}

function Found({ pages, tookMs, nothing, children, onSearch }: FoundProps) {
  const [open, setOpen] = useState<EventRow>()
  const rows = useMemo(() => pages.flatMap((page) => page.rows), [pages])
  const columns = useMemo(() => columnsOf(onSearch), [])
  const scanned = pages.flatMap(({ scannedBytes }) => scannedBytes ?? [])
  const scannedBytes = scanned.reduce((sum, bytes) => sum + bytes, 0)
  if (rows.length === 0) return <Empty>{nothing}</Empty>
  return (
    <>
      <p class="bar">
        <span class="cost" aria-live="polite">
          {counted(rows.length, 'event')}
        </span>
        <CostLine tookMs={pages.length === 1 ? tookMs : undefined} {...(scanned.length > 0 && { scannedBytes })} />
        <span class="quiet">newest first, times in UTC</span>
      </p>
      <Table
        caption="Events, newest first"
        columns={columns}
        rows={rows}
        onOpen={setOpen}
        openName={(row) => `Open the event of ${timeText(row.at)}: ${row.operation.slice(0, 100)}`}
      />
      <div class="bar">{pages.at(-1)?.next === undefined ? <span class="quiet">These are all.</span> : children}</div>
      {open && (
        <EventDrawer
          row={open}
          onSearch={(text) => {
            setOpen(undefined)
            onSearch(text)
          }}
          onClose={() => setOpen(undefined)}
        />
      )}
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
