import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'

interface ConfirmProps {
  /** What the first button says. */
  readonly children: ComponentChildren
  /** What will happen, for the second click. */
  readonly question: ComponentChildren
  /** What the second button says. */
  readonly yes: string
  readonly isDisabled?: boolean
  readonly onYes: () => void
}

/** A button for what cannot be taken back: a second click does it, on a button of another place. */
export function Confirm({ children, question, yes, isDisabled = false, onYes }: ConfirmProps) {
  const [isAsking, setIsAsking] = useState(false)
  const first = useRef<HTMLButtonElement>(null)
  const no = useRef<HTMLButtonElement>(null)
  const wasAsking = useRef(false)
  useEffect(() => {
    if (isAsking) no.current?.focus()
    else if (wasAsking.current) first.current?.focus()
    wasAsking.current = isAsking
  }, [isAsking])
  if (!isAsking || isDisabled) {
    return (
      <button ref={first} type="button" class="do" disabled={isDisabled} onClick={() => setIsAsking(true)}>
        {children}
      </button>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields, and this holds an answer.
    <div
      class="confirm"
      role="group"
      aria-label="Second click"
      onKeyDown={(event) => {
        if (event.key === 'Escape') setIsAsking(false)
      }}
    >
      <span>{question}</span>
      <button ref={no} type="button" onClick={() => setIsAsking(false)}>
        No
      </button>
      <button
        type="button"
        class="do"
        onClick={() => {
          setIsAsking(false)
          onYes()
        }}
      >
        {yes}
      </button>
    </div>
  )
}
