/**
 * What becomes of an object by its name. `excluded`: the provider's test of the connection or another object that the
 * settings name, which is counted and never opened; `ignored`: it has another form than the provider's files of events.
 */
export type NameVerdict = 'read' | 'excluded' | 'ignored'

/** The endings of files of events. https://github.com/github/docs/pull/45787 */
const endings = ['.json.log.gz', '.json.gz']

/**
 * Judges objects by their names alone, so that no listing and no message about an excluded object costs a request.
 * @param excludeFilters an object is excluded when the last segment of its name begins with one of these
 */
export function createNameFilter(excludeFilters: readonly string[]): (name: string) => NameVerdict {
  return (name) => {
    const last = name.slice(name.lastIndexOf('/') + 1)
    if (excludeFilters.some((filter) => last.startsWith(filter))) return 'excluded'
    return endings.some((ending) => last.endsWith(ending)) ? 'read' : 'ignored'
  }
}
