import type { RefObject } from 'preact'

interface EditorProps {
  readonly area: RefObject<HTMLTextAreaElement | null>
  readonly sql: string
  readonly isUnderWay: boolean
  readonly onType: (sql: string) => void
  readonly onRun: () => void
  /** Brings back the statement that another one replaced; absent when none was replaced. */
  readonly onBack?: () => void
}

/** Where one writes a statement. Tab leaves it, as it leaves every field. */
export function Editor({ area, sql, isUnderWay, onType, onRun, onBack }: EditorProps) {
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault()
        onRun()
      }}
    >
      <label class="hush" for="sql">
        One statement that reads
      </label>
      <textarea
        id="sql"
        ref={area}
        value={sql}
        rows={7}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        onInput={(event) => onType(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          onRun()
        }}
      />
      <div class="bar">
        <button type="submit" class="do" disabled={isUnderWay}>
          {isUnderWay ? 'Running …' : 'Run'}
        </button>
        {onBack && (
          <button type="button" onClick={onBack}>
            Back to the replaced statement
          </button>
        )}
        <span class="quiet">Ctrl-Enter runs it. Only what reads is allowed.</span>
      </div>
    </form>
  )
}
