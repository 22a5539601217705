import { useState } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'
import type { LongText } from '../../api.ts'
import { beginningOf, bytesText, copiedParts, grouped } from '../format.ts'
import { CopyButton } from './copy-button.tsx'

/**
 * Foreign text on one line: hidden characters are shown as marked escapes, and it cannot turn what stands beside it.
 */
export function Text({ of, cut }: { readonly of: string; readonly cut?: number }) {
  const { shown, rest } = beginningOf(of, cut ?? 2_000)
  return (
    <bdi class="text">
      <Shown text={shown} />
      {rest > 0 && '…'}
    </bdi>
  )
}

/** A text with its line breaks. */
function Lines({ text }: { readonly text: string }) {
  return (
    <>
      {text.split('\n').map((line, index) => (
        <>
          {index > 0 && '\n'}
          <Shown text={line} />
        </>
      ))}
    </>
  )
}

/** A text with its hidden characters as escapes, which are marked so that nobody takes them for letters. */
function Shown({ text }: { readonly text: string }) {
  if (visible(text) === text) return <>{text}</>
  const parts: { text: string; isEscape: boolean }[] = []
  for (const character of text) {
    const shown = visible(character)
    const isEscape = shown !== character
    const last = parts.at(-1)
    if (last?.isEscape === isEscape) last.text += shown
    else parts.push({ text: shown, isEscape })
  }
  return <>{parts.map((part) => (part.isEscape ? <span class="escape">{part.text}</span> : part.text))}</>
}

const firstLength = 2_000
const nextLength = 20_000

interface WholeTextProps {
  readonly of: LongText
  /** What it is, for the button that copies it. */
  readonly name: string
  /** Whether its line breaks are shown as such. */
  readonly lines?: boolean
}

/**
 * A foreign text of any length: its beginning, and more of it on demand. Says so where the server has sent only a part.
 */
export function WholeText({ of, name, lines = false }: WholeTextProps) {
  const [length, setLength] = useState(firstLength)
  const { shown, rest } = beginningOf(of.text, length)
  return (
    <div class="whole">
      <div class={lines ? 'text pre' : 'text'} dir="ltr">
        {lines ? <Lines text={shown} /> : <Shown text={shown} />}
        {(rest > 0 || of.isCut) && '…'}
      </div>
      {(rest > 0 || of.isCut) && (
        <p class="more">
          {rest > 0 && (
            <button type="button" class="link" onClick={() => setLength(length + nextLength)}>
              show more<span class="hush"> of {visible(name)}</span>
            </button>
          )}
          <span class="quiet">
            {rest > 0 && `${grouped(shown.length)} of ${grouped(of.text.length)} characters are shown. `}
            {of.isCut && `Of ${bytesText(of.bytes)}, the page has only the beginning.`}
          </span>
        </p>
      )}
      <CopyButton text={of.text} name={name} />
    </div>
  )
}

/** A sentence, whole, with a button behind each command and each ARN in it. */
export function Advice({ of }: { readonly of: string }) {
  return (
    <span class="advice">
      {copiedParts(of).map(({ text, isCopied }) =>
        isCopied ? (
          <span class="copied" key={text}>
            <code>
              <Shown text={text} />
            </code>
            <CopyButton text={text} name={text} />
          </span>
        ) : (
          <Lines key={text} text={text} />
        ),
      )}
    </span>
  )
}
