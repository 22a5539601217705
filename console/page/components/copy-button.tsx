import { useEffect, useState } from 'preact/hooks'
import { visible } from '../../../schemas/compiler/visible.ts'

/** Copies a text, and says for two seconds that it did. */
export function CopyButton({ text, name }: { readonly text: string; readonly name: string }) {
  const [said, setSaid] = useState<'copied' | 'not copied'>()
  useEffect(() => {
    if (said === undefined) return
    const timer = setTimeout(() => setSaid(undefined), 2_000)
    return () => clearTimeout(timer)
  }, [said])
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('copied'),
      () => setSaid('not copied'),
    )
  return (
    <button type="button" class="copy" aria-label={`Copy ${visible(name.slice(0, 120))}`} onClick={() => void copy()}>
      <span aria-live="polite">{said ?? 'copy'}</span>
    </button>
  )
}
