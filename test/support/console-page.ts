import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { ConsoleFixtures, WorldName } from './console-fixtures.ts'
import { hangMs } from './hang.ts'

/** A view of the console in a browser, with what went wrong in it. */
export interface ConsolePage {
  readonly page: Page
  /** Errors of scripts, violations of the policy and requests to other hosts, so far. */
  readonly problems: readonly string[]
  /** Goes to another view, by the address after `#/`. */
  go(view: string): Promise<void>
  close(): Promise<void>
}

/** How a request that the server refuses shows in the browser, which is no fault of the page. */
const refusedRequest = /^Failed to load resource: the server responded with a status of 500/

/**
 * Opens a view by the link of a planted installation.
 * @param view the address after `#/`
 */
export async function openConsole(
  browser: Browser,
  { url, link }: Pick<ConsoleFixtures, 'url' | 'link'>,
  world: WorldName,
  view: string,
  options: BrowserContextOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'America/New_York',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(hangMs)
  const problems: string[] = []
  page.on('console', (message) => {
    const isPlanted =
      (world === 'errors' || world === 'down' || world === 'normal') && refusedRequest.test(message.text())
    if (['error', 'warning'].includes(message.type()) && !isPlanted) problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => {
    if (!/^(?:data|blob):/.test(request.url()) && new URL(request.url()).origin !== url) problems.push(request.url())
  })
  await page.goto(link(world))
  const go = async (next: string) => {
    await page.evaluate(`location.hash = '#/${next}'`)
  }
  await go(view)
  return { page, problems, go, close: () => context.close() }
}

/** What axe finds wrong, a line each: the rule, and the first element. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // The policy of the page does not hold back what the browser itself runs.
  if (await page.evaluate('globalThis.axe === undefined')) await page.evaluate(axe.source)
  const faults: unknown = await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html.slice(0, 300) + ' ' + failureSummary).slice(0, 3).join(' | ')))`,
  )
  return Array.isArray(faults) ? faults.map(String) : ['axe has not answered']
}
