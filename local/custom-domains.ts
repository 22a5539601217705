import type { LaunchedFunction } from './sources.ts'

/**
 * Gives functions the address of an API's listener in place of its custom domain: no DNS record leads from that to this
 * machine, but perhaps to a deployment, which must get no request of a local run.
 * @param domains addresses of listeners by the base URL that the template has for them
 */
export function useListeners(functions: Iterable<LaunchedFunction>, domains: ReadonlyMap<string, string>): void {
  for (const [url, listener] of domains) {
    // Neither a longer name nor a port follows.
    const mentioned = new RegExp(`${url.replaceAll('.', '\\.')}(?![\\w.:-])`, 'g')
    for (const { spec, surroundings } of functions) {
      for (const [name, text] of Object.entries(spec.variables)) {
        if (text.search(mentioned) >= 0) surroundings.variables[name] = text.replaceAll(mentioned, () => listener)
      }
    }
  }
}
