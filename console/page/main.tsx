import { render } from 'preact'
import { App } from './app.tsx'
import { takeToken } from './token.ts'

const place = document.querySelector('#app')
if (place) render(<App token={takeToken()} />, place)
