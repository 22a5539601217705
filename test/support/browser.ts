import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** The browser of this machine, which .ci/install-browser installs; `undefined` without one. */
export const browserPath: string | undefined = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
  .find((file) => existsSync(file))

/** Starts the browser, without a window. Its sandbox needs rights that containers often lack. */
export async function openBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('there is no browser')
  return await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] })
}
