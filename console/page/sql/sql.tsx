import { useCallback, useRef, useState } from 'preact/hooks'
import type { SqlCatalog, SqlRequest, SqlResult } from '../../api.ts'
import { Failed, Loading } from '../components/notes.tsx'
import { useNow } from '../components/now.ts'
import { get, post, useAsked, useOrder } from '../fetch.ts'
import { timeText } from '../format.ts'
import { Editor } from './editor.tsx'
import { Result } from './result.tsx'
import { Saved } from './saved.tsx'
import { Tables } from './tables.tsx'

/** What was typed last, while the page is open. */
const draft = { sql: '' }

/** What one may begin with: a condition on the day keeps it cheap. */
const firstOf = (now: number): string =>
  `select * from all_events\nwhere dt >= '${timeText(now - 7 * 86_400_000).slice(0, 10)}'\norder by time desc\nlimit 100`

/** Tables, saved queries, and one statement at a time. */
export function Sql() {
  const catalog = useAsked(useCallback((signal: AbortSignal) => get<SqlCatalog>('sql', {}, signal), []))
  const now = useNow()
  const [sql, setSql] = useState(draft.sql === '' ? firstOf(now) : draft.sql)
  const [replaced, setReplaced] = useState<string>()
  const editor = useRef<HTMLTextAreaElement>(null)
  const asked = useOrder((request: SqlRequest, signal) => post<SqlResult>('sql', request, signal))
  const type = (text: string) => {
    draft.sql = text
    setSql(text)
  }
  const insert = (text: string) => {
    const place = editor.current
    if (!place) return
    place.setRangeText(text, place.selectionStart, place.selectionEnd, 'end')
    place.focus()
    type(place.value)
  }
  const edit = (text: string) => {
    if (text !== sql) setReplaced(sql)
    type(text)
    editor.current?.focus()
  }
  const run = () => {
    if (sql.trim() !== '') asked.give({ sql })
  }
  const { data } = catalog
  return (
    <>
      <h1>SQL</h1>
      <div class="sql">
        <aside aria-label="Tables">
          {catalog.error !== undefined && <Failed error={catalog.error} again={catalog.again} />}
          {!data && catalog.error === undefined && <Loading what="the tables" />}
          {data && <Tables tables={data.tables} onInsert={insert} />}
        </aside>
        <div class="ask">
          {data && data.saved.length > 0 && (
            <Saved
              saved={data.saved}
              isUnderWay={asked.isUnderWay}
              onRun={(name, set) => asked.give({ saved: name, set })}
            />
          )}
          <Editor
            area={editor}
            sql={sql}
            isUnderWay={asked.isUnderWay}
            onType={type}
            onRun={run}
            {...(replaced !== undefined && { onBack: () => edit(replaced) })}
          />
          {asked.error !== undefined && <Failed error={asked.error} />}
          {asked.result && <Result result={asked.result} onEdit={edit} />}
        </div>
      </div>
    </>
  )
}
