import { render } from 'preact'
import { App } from './app.tsx'
import { takenToken, takeToken } from './token.ts'

// A new link that is opened in this tab changes the address alone.
addEventListener('hashchange', () => {
  const former = takenToken()
  if (takeToken() !== former) location.reload()
})

const place = document.querySelector('#app')
if (place) render(<App token={takeToken()} />, place)
