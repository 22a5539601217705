import { useEffect, useState } from 'preact/hooks'

/** The views of the page, in the order of the navigation. */
export const views = ['sources', 'connect', 'events', 'failures', 'runs', 'sql'] as const
export type View = (typeof views)[number]

/** What the address after `#` names. */
export interface Route {
  readonly view: View
  /** The rest of the path, such as a source. */
  readonly rest: string
  readonly parameters: Readonly<Record<string, string>>
}

/** Reads an address such as `#/events?search=ada`; an unknown one is that of the sources. */
function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [first, ...rest] = path.split('/')
  const view = views.find((one) => one === first) ?? 'sources'
  return { view, rest: decoded(rest.join('/')), parameters: Object.fromEntries(new URLSearchParams(query)) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** The address of a view. */
export function linkTo(view: View, rest = '', parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '')).toString()
  return `#/${view}${rest === '' ? '' : `/${encodeURIComponent(rest)}`}${query === '' ? '' : `?${query}`}`
}

/** The route of now. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = () => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  return parseRoute(hash)
}
