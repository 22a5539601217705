import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { browserPath, openBrowser } from '../support/browser.ts'
import { openConsole } from '../support/console-page.ts'
import { consoleOver } from '../support/console-world.ts'
import { goldenLake, goldenRows } from '../support/golden-lake.ts'

/** The page over its own server, which answers from a lake with events of every provider. */

const hasBrowser = browserPath !== undefined

let browser: Browser
beforeAll(async () => {
  if (hasBrowser) browser = await openBrowser()
})
afterAll(async () => await browser?.close())

describe.skipIf(!hasBrowser)('the console over its server in a browser (skipped where there is none)', () => {
  test('each view has what the server answers', async () => {
    const { origin, token } = await consoleOver(
      goldenLake(
        goldenRows()
          .slice(0, 60)
          .map(({ row }) => row),
      ),
    )
    const served = { url: origin, link: () => `${origin}/#token=${token}` }
    const { page, problems, go, close } = await openConsole(browser, served, 'hostile', 'sources')
    onTestFinished(close)
    await page.locator('.card').first().waitFor()
    expect(page.url()).not.toContain(token)
    expect(await page.locator('.card h3').allTextContents()).toEqual(expect.arrayContaining(['hooks', 'slack']))

    await go('connect/hooks')
    await page.getByText('Payload URL').first().waitFor()
    await page.getByText('Waiting for the first event').waitFor()
    expect(await page.content()).not.toContain('the secret of hooks')
    await page.getByRole('button', { name: 'Show the secret' }).click()
    await page.getByText('the secret of hooks').waitFor()

    await go('events')
    await page.getByText(/events ·/).waitFor()
    await page.locator('button.open').first().click()
    await page.getByRole('heading', { name: 'As it came' }).waitFor()
    await page.locator('dialog .columns dt').filter({ hasText: 'p_source_id' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('ada@example.com')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Clear' }).waitFor()
    await page.getByText(/events ·/).waitFor()

    await go('failures')
    await page.getByText('No message was given up.').waitFor()
    await go('runs')
    await page.getByText('Nothing ran in this time').waitFor()

    await go('sql')
    await page.locator('summary').filter({ hasText: 'all_events' }).waitFor()
    await page.getByLabel('One statement that reads').fill('select count(*) as events from all_events')
    await page.keyboard.press('Control+Enter')
    await page.getByText(/^1 row ·/).waitFor()
    await page.getByLabel('Saved query').selectOption('one-person')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByText(/rows? ·/).waitFor()
    await page.getByLabel('One statement that reads').fill('select nonsense from all_events')
    await page.keyboard.press('Control+Enter')
    await page.locator('.failed').getByText('nonsense').waitFor()
    expect(problems.filter((problem) => !problem.includes('400'))).toEqual([])
  })
})
