import { useMemo, useState } from 'preact/hooks'
import type { SqlResult, Value } from '../../api.ts'
import { Drawer } from '../components/drawer.tsx'
import { CostLine, costOf, Empty } from '../components/notes.tsx'
import { type Column, Table } from '../components/table.tsx'
import { Text, WholeText } from '../components/text.tsx'
import { grouped } from '../format.ts'
import { csvOf, jsonOf } from './download.ts'
import { save } from './save.ts'

type Row = readonly Value[]

const textOf = (value: Value | undefined): string => (value === null || value === undefined ? '' : String(value))

interface ResultProps {
  readonly result: SqlResult
  /** Puts a statement into the editor. */
  readonly onEdit: (sql: string) => void
}

/** What a statement has answered. */
export function Result({ result, onEdit }: ResultProps) {
  const { columns: names, rows, total, isAtLeast = false, elapsedMs, statement } = result
  const [open, setOpen] = useState<number>()
  const columns = useMemo(() => columnsOf(result), [result])
  const row = open === undefined ? undefined : rows[open]
  return (
    <section class="result" aria-label="Result">
      <div class="bar" aria-live="polite">
        <CostLine {...costOf(result)} rows={isAtLeast ? rows.length : total} tookMs={elapsedMs} />
        {rows.length < total && (
          <span class="problem">
            {isAtLeast ? `at least ${grouped(total)}: ` : ''}the first {grouped(rows.length)} are shown and saved
          </span>
        )}
        {rows.length > 0 && (
          <>
            <button type="button" onClick={() => save('result.csv', 'text/csv', csvOf(result))}>
              Save as CSV
            </button>
            <button type="button" onClick={() => save('result.json', 'application/json', jsonOf(result))}>
              Save as JSON
            </button>
          </>
        )}
        {statement !== undefined && (
          <button type="button" onClick={() => onEdit(statement)}>
            Edit its SQL
          </button>
        )}
      </div>
      {rows.length === 0 ? (
        <Empty>The statement has answered with no row.</Empty>
      ) : (
        <Table
          caption="Rows of the result"
          columns={columns}
          rows={rows}
          onOpen={(_, index) => setOpen(index)}
          openName={(_, index) => `Open row ${index + 1}`}
        />
      )}
      {open !== undefined && row && (
        <Drawer title={`Row ${grouped(open + 1)}`} onClose={() => setOpen(undefined)}>
          <dl class="columns">
            {names.map((name, index) => {
              const text = textOf(row[index])
              return (
                <div key={name}>
                  <dt>
                    <Text of={name} cut={200} />
                  </dt>
                  <dd>
                    {row[index] === null ? (
                      <span class="quiet">null</span>
                    ) : (
                      <WholeText of={{ text, bytes: text.length, isCut: false }} name={name} />
                    )}
                  </dd>
                </div>
              )
            })}
          </dl>
        </Drawer>
      )}
    </section>
  )
}

/** The row's number, which opens it, and the columns of the result; their names can repeat. */
function columnsOf({ columns, rows }: SqlResult): readonly Column<Row>[] {
  const number: Column<Row> = {
    title: '#',
    text: () => '',
    cell: (_, index) => grouped(index + 1),
    isNumber: true,
    width: Math.max(3, grouped(rows.length).length),
  }
  const named = columns.map((name, index): Column<Row> => {
    const isNumber = rows.some((row) => typeof row[index] === 'number') && rows.every((row) => isNumeric(row[index]))
    return {
      title: columns.indexOf(name) === index ? name : `${name} (${index + 1})`,
      text: (row) => textOf(row[index]),
      cell: (row) =>
        row[index] === null ? <span class="quiet">null</span> : <Text of={textOf(row[index])} cut={200} />,
      isNumber,
    }
  })
  return [number, ...named]
}

const isNumeric = (value: Value | undefined): boolean => value === null || typeof value === 'number'
