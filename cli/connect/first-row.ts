import { listKey } from '../../lambdas/core/lake/partition.ts'
import { readRows } from '../../lambdas/core/lake/read-parquet.ts'
import { partitionsOf, type TablePorts } from '../../lambdas/core/lake/read-table.ts'
import { listedUrls, urlOf } from '../../lambdas/core/lake/table-list.ts'

/** A row of a source. Times are milliseconds since 1970. */
export interface FoundRow {
  readonly table: string
  /** When the event happened. */
  readonly eventAt: number
  /** When it was received. */
  readonly receivedAt: number
}

/** Days of a table that are searched besides those that are asked for: events of now, received around midnight. */
const newestDays = 2

/**
 * Looks for rows of a source again and again. Each look reads only files that no look before has read, so that waiting
 * costs little even where other sources fill the table.
 */
export class RowSearch {
  readonly #lake: TablePorts
  readonly #sourceId: string
  readonly #searched = new Set<string>()

  constructor(lake: TablePorts, sourceId: string) {
    this.#lake = lake
    this.#sourceId = sourceId
  }

  /**
   * @param days further days to search, as `YYYY-MM-DD`
   * @returns the row received last in the newest file that has one
   */
  async look(table: string, days: readonly string[] = []): Promise<FoundRow | undefined> {
    const newest = (await partitionsOf(this.#lake.lists, table)).slice(-newestDays).reverse()
    for (const dt of new Set([...newest, ...days])) {
      const urls = await listedUrls(this.#lake.lists, listKey({ table, dt }))
      // Files listed last were mostly written last.
      for (const url of urls.reverse()) {
        if (this.#searched.has(url)) continue
        const found = await this.#rowIn(url)
        if (found) return { table, ...found }
      }
    }
    return undefined
  }

  async #rowIn(url: string): Promise<Omit<FoundRow, 'table'> | undefined> {
    const file = await this.#lake.files.open(url.slice(urlOf(this.#lake.bucket, '').length))
    // Merged in the meantime: the next look reads the file that has its rows.
    if (!file) return undefined
    let last: Omit<FoundRow, 'table'> | undefined
    for await (const row of readRows(file, ['p_source_id', 'p_event_time', 'p_parse_time'])) {
      const { p_source_id: source, p_event_time: eventAt, p_parse_time: receivedAt } = row
      if (source !== this.#sourceId || typeof eventAt !== 'number' || typeof receivedAt !== 'number') continue
      if (last === undefined || receivedAt > last.receivedAt) last = { eventAt, receivedAt }
    }
    if (last === undefined) this.#searched.add(url)
    return last
  }
}
