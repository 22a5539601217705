import { useState } from 'preact/hooks'
import type { SqlCatalog } from '../../api.ts'
import { Empty } from '../components/notes.tsx'
import { Text } from '../components/text.tsx'
import { counted } from '../format.ts'
import { quoted } from './names.ts'

type TableFacts = SqlCatalog['tables'][number]

interface TablesProps {
  readonly tables: SqlCatalog['tables']
  readonly onInsert: (text: string) => void
}

/** Most columns of a table that are shown at once. */
const most = 300

/** The tables with their columns; a click writes a name into the statement. */
export function Tables({ tables, onInsert }: TablesProps) {
  const [filter, setFilter] = useState('')
  const sought = filter.trim().toLowerCase()
  const shown = tables.flatMap((table) => {
    const isWhole = table.name.toLowerCase().includes(sought)
    const columns = isWhole ? table.columns : table.columns.filter(({ name }) => name.toLowerCase().includes(sought))
    return isWhole || columns.length > 0 ? [{ ...table, columns }] : []
  })
  if (tables.length === 0) return <Empty>There is no table yet.</Empty>
  return (
    <>
      <label>
        <span class="hush">Filter tables and columns</span>
        <input
          type="search"
          data-search
          placeholder="table or column   ( / )"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      </label>
      <ul class="tables">
        {shown.map((table) => (
          <li key={table.name}>
            <One table={table} isOpen={sought !== '' && table.columns.length < 40} onInsert={onInsert} />
          </li>
        ))}
      </ul>
      {shown.length === 0 && <Empty>No table and no column has this name.</Empty>}
    </>
  )
}

interface OneProps {
  readonly table: TableFacts
  readonly isOpen: boolean
  readonly onInsert: (text: string) => void
}

function One({ table: { name, isView, description, columns }, isOpen, onInsert }: OneProps) {
  const [wasOpened, setWasOpened] = useState(false)
  return (
    <details open={isOpen} onToggle={(event) => setWasOpened(event.currentTarget.open)}>
      <summary>
        <Text of={name} cut={120} /> {isView && <span class="tag">view</span>}
      </summary>
      {(wasOpened || isOpen) && (
        <>
          <p class="quiet">
            <Text of={description} cut={400} />
          </p>
          <p>
            <button type="button" class="find" onClick={() => onInsert(quoted(name))}>
              insert the name
            </button>{' '}
            <span class="quiet">{counted(columns.length, 'column')}</span>
          </p>
          <ul>
            {columns.slice(0, most).map((column) => (
              <li key={column.name} title={column.description?.slice(0, 400)}>
                <button type="button" class="find" onClick={() => onInsert(quoted(column.name))}>
                  <Text of={column.name} cut={120} />
                </button>
                <span class="quiet">
                  <Text of={column.type} cut={40} />
                </span>
              </li>
            ))}
          </ul>
          {columns.length > most && <p class="quiet">and {columns.length - most} more: filter them</p>}
        </>
      )}
    </details>
  )
}
