import { useCallback, useEffect } from 'preact/hooks'
import type { Overview, Place } from '../api.ts'
import { Failed, Loading } from './components/notes.tsx'
import { Now } from './components/now.ts'
import { Text } from './components/text.tsx'
import { Connect } from './connect/connect.tsx'
import { Events } from './events/events.tsx'
import { Failures } from './failures/failures.tsx'
import { type Asked, get, useAsked } from './fetch.ts'
import { grouped } from './format.ts'
import { linkTo, type Route, useRoute, type View, views } from './route.ts'
import { Runs } from './runs/runs.tsx'
import { Sources } from './sources/sources.tsx'
import { Sql } from './sql/sql.tsx'
import { useTheme } from './theme.ts'

const names: Readonly<Record<View, string>> = {
  sources: 'Sources',
  connect: 'Connect',
  events: 'Events',
  failures: 'Failures',
  runs: 'Runs',
  sql: 'SQL',
}

/** How often the overview is asked for, in milliseconds; on AWS each answer is dozens of requests. */
const overviewMs = { local: 5_000, aws: 30_000 }

/** The whole page. */
export function App({ token }: { readonly token: string | undefined }) {
  return token === undefined ? <WithoutToken /> : <Console />
}

function WithoutToken() {
  return (
    <main class="alone">
      <h1>This page needs its link</h1>
      <p>
        Open the link that <code>npm start</code> or <code>npm run console</code> printed in its terminal; it ends with{' '}
        <code>#token=…</code>. The link of an earlier start no longer counts, and each tab of the browser needs it once.
      </p>
    </main>
  )
}

function Console() {
  const overview = useAsked(
    useCallback((signal: AbortSignal) => get<Overview>('overview', {}, signal), []),
    (data) => overviewMs[data?.place.kind ?? 'local'],
  )
  const route = useRoute()
  useSlash()
  useEffect(() => {
    document.title = `${names[route.view]} · AuditLake`
  }, [route.view])
  return (
    <Now.Provider value={overview.data?.now ?? Date.now()}>
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>('#view')?.focus()}>
        Skip to the view
      </button>
      <Header overview={overview.data} view={route.view} />
      <main id="view" tabIndex={-1}>
        {overview.error !== undefined && (
          <div class="band">
            <Failed error={overview.error} again={overview.again} />
            {overview.data && <p class="quiet">What stands below is from before.</p>}
          </div>
        )}
        <Shown route={route} overview={overview} />
      </main>
    </Now.Provider>
  )
}

function Shown({ route, overview }: { readonly route: Route; readonly overview: Asked<Overview> }) {
  const { data } = overview
  if (!data) return overview.error === undefined ? <Loading what="the sources" /> : null
  switch (route.view) {
    case 'sources':
      return <Sources overview={data} />
    case 'connect':
      return <Connect key={route.rest} source={route.rest} sources={data.sources} />
    case 'events':
      return <Events place={data.place} parameters={route.parameters} sources={data.sources} />
    case 'failures':
      return <Failures place={data.place} sources={data.sources} />
    case 'runs':
      return <Runs place={data.place} />
    case 'sql':
      return <Sql />
  }
}

function Header({ overview, view }: { readonly overview: Overview | undefined; readonly view: View }) {
  const [theme, nextTheme] = useTheme()
  const totals = overview?.totals
  const counts: Partial<Record<View, readonly [number, string]>> = totals
    ? {
        sources: [totals.needPerson, 'need a person'],
        failures: [totals.openFailures + totals.deadLetters, 'open'],
      }
    : {}
  return (
    <header class="top">
      <p class="name">AuditLake</p>
      <nav aria-label="Views">
        {views.map((one) => {
          const [count = 0, what = ''] = counts[one] ?? []
          return (
            <a key={one} href={linkTo(one)} aria-current={one === view ? 'page' : undefined}>
              {names[one]}
              {count > 0 && (
                <span class="badge">
                  {grouped(count)}
                  <span class="hush"> {what}</span>
                </span>
              )}
            </a>
          )
        })}
      </nav>
      {overview && <PlaceName place={overview.place} />}
      <button type="button" class="theme" onClick={nextTheme}>
        <span class="hush">Colours: </span>
        {theme}
      </button>
    </header>
  )
}

function PlaceName({ place: { kind, name, simulated } }: { readonly place: Place }) {
  return (
    <p class="place">
      <span class="tag">{kind === 'aws' ? 'AWS' : 'local run'}</span>
      {simulated && <span class="tag simulated">simulated providers</span>}
      <Text of={name} cut={80} />
    </p>
  )
}

/** `/` goes to the search of the view, except where one types. */
function useSlash() {
  useEffect(() => {
    const follow = (event: KeyboardEvent) => {
      const { target } = event
      const isTyping = target instanceof HTMLElement && target.closest('input, textarea, select, dialog') !== null
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return
      const search = document.querySelector<HTMLInputElement>('[data-search]')
      if (!search) return
      event.preventDefault()
      search.focus()
      search.select()
    }
    addEventListener('keydown', follow)
    return () => removeEventListener('keydown', follow)
  }, [])
}
