import { csvLines, jsonLines } from '../../../local/query/query-text.ts'
import type { SqlResult } from '../../api.ts'

/** A result as `npm run query -- --csv` writes it: no text becomes a formula of a spreadsheet. */
export const csvOf = (result: Pick<SqlResult, 'columns' | 'rows'>): string => `${[...csvLines(result)].join('\n')}\n`

/** A result as a JSON list with an object for each row. */
export const jsonOf = (result: Pick<SqlResult, 'columns' | 'rows'>): string =>
  `[\n${[...jsonLines(result)].join(',\n')}\n]\n`
