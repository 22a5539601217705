import { useState } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'
import type { SqlCatalog } from '../../api.ts'
import { Text, WholeText } from '../components/text.tsx'

type SavedFacts = SqlCatalog['saved'][number]

interface SavedProps {
  readonly saved: SqlCatalog['saved']
  readonly isUnderWay: boolean
  readonly onRun: (name: string, set: Readonly<Record<string, string>>) => void
}

/** Questions that analysts ask, with a field for each value. */
export function Saved({ saved, isUnderWay, onRun }: SavedProps) {
  const [name, setName] = useState('')
  const chosen = saved.find((one) => one.name === name)
  return (
    <section class="saved" aria-label="Saved queries">
      <label class="field">
        Saved query
        <select value={name} onChange={(event) => setName(event.currentTarget.value)}>
          <option value="">choose a question …</option>
          {saved.map((one) => (
            <option key={one.name} value={one.name}>
              {visible(one.question)}
            </option>
          ))}
        </select>
      </label>
      {chosen && <One key={chosen.name} query={chosen} isUnderWay={isUnderWay} onRun={onRun} />}
    </section>
  )
}

interface OneProps extends Omit<SavedProps, 'saved'> {
  readonly query: SavedFacts
}

function One({ query: { name, reason, sql, parameters }, isUnderWay, onRun }: OneProps) {
  const [set, setSet] = useState<Readonly<Record<string, string>>>({})
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onRun(name, set)
      }}
    >
      <p class="quiet">
        <Text of={reason} />
      </p>
      <div class="parameters">
        {parameters.map((parameter) => (
          <label key={parameter.name} class="field">
            <Text of={parameter.name} />{' '}
            <span class="quiet">
              <Text of={parameter.meaning} />
            </span>
            <input
              value={set[parameter.name] ?? parameter.default}
              inputMode={parameter.isNumber ? 'numeric' : 'text'}
              pattern={parameter.isNumber ? '\\d+' : undefined}
              spellcheck={false}
              autocomplete="off"
              onInput={(event) => setSet({ ...set, [parameter.name]: event.currentTarget.value })}
            />
          </label>
        ))}
      </div>
      <div class="bar">
        <button type="submit" class="do" disabled={isUnderWay}>
          Ask
        </button>
        <details>
          <summary>its SQL</summary>
          <WholeText of={{ text: sql, bytes: sql.length, isCut: false }} name="its SQL" lines />
        </details>
      </div>
    </form>
  )
}
