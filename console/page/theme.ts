import { useEffect, useState } from 'preact/hooks'

const kept = 'auditlake-theme'
const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]

const keptTheme = (): Theme => themes.find((one) => one === localStorage.getItem(kept)) ?? 'auto'

/** The chosen theme, and how to choose the next one; `auto` is that of the system. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState(keptTheme)
  useEffect(() => {
    localStorage.setItem(kept, theme)
    document.documentElement.style.colorScheme = theme === 'auto' ? '' : theme
    // Drawings take their colours from the style when they are made.
    dispatchEvent(new Event(themeChange))
  }, [theme])
  // From the last choice, not the last one drawn: a second click may come first.
  return [theme, () => setTheme((last) => themes[(themes.indexOf(last) + 1) % themes.length] ?? 'auto')]
}

const themeChange = 'auditlake-theme'

/** A number that changes whenever the colours do. */
export function useColours(): number {
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const next = () => setTurn((last) => last + 1)
    dark.addEventListener('change', next)
    addEventListener(themeChange, next)
    return () => {
      dark.removeEventListener('change', next)
      removeEventListener(themeChange, next)
    }
  }, [])
  return turn
}

/** The colour that a custom property of the style, such as `--ink`, has in the theme of now. */
export function colourOf(name: string): string {
  // The property itself has both colours, so that only an element that takes it tells which one counts.
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
