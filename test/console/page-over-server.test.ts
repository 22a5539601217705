import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { browserPath, openBrowser } from '../support/browser.ts'
import { openConsole } from '../support/console-page.ts'
import { consoleOver } from '../support/console-world.ts'
import { goldenLake, goldenRows } from '../support/golden-lake.ts'
import { collectionRow, failureRow } from '../support/planted-rows.ts'

/** The page over its own server, which answers from a lake with events of every provider. */

const minute = 60_000

/** Events of all providers, a failure whose bytes are no text, and runs of which one failed and left a gap. */
function plantedLake() {
  const now = Math.floor(Date.now() / minute) * minute
  const runs = [60, 50, 40, 30, 20, 10].map((minutes) => {
    const startedAt = now - minutes * minute
    return collectionRow({
      startedAt,
      endedAt: startedAt + 5_000,
      window: { from: startedAt - 10 * minute, to: startedAt },
      ...(minutes === 40 && { outcome: 'transient', detail: 'HTTP 502' }),
    })
  })
  const events = goldenRows().slice(0, 60)
  const failure = failureRow(Buffer.from([0x7b, 0xff, 0x00, 0x1b]), now - 5 * minute)
  return goldenLake([...events.map(({ row }) => row), failure, ...runs])
}

const hasBrowser = browserPath !== undefined

let browser: Browser
beforeAll(async () => {
  if (hasBrowser) browser = await openBrowser()
})
afterAll(async () => await browser?.close())

describe.skipIf(!hasBrowser)('the console over its server in a browser (skipped where there is none)', () => {
  test('each view has what the server answers', async () => {
    const { origin, token } = await consoleOver(plantedLake())
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
    await page.getByText(/^\d+ events$/).waitFor()
    await page.locator('button.open').first().click()
    await page.getByRole('heading', { name: 'As it came' }).waitFor()
    await page.locator('dialog .columns dt').filter({ hasText: 'p_source_id' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('searchbox').fill('ada@example.com')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Clear' }).waitFor()
    await page.getByText(/^\d+ events$/).waitFor()

    await go('failures')
    await page.getByText('No message was given up.').waitFor()
    await page.locator('.chart canvas').waitFor()
    await page.locator('button.open').first().click()
    await page.locator('dialog').getByText('{\\xff').waitFor()
    await page.getByRole('button', { name: 'Read the whole row' }).click()
    await page.locator('dialog .columns dt').filter({ hasText: 'p_row_id' }).waitFor()
    await page.keyboard.press('Escape')
    await go('runs')
    await page.getByRole('slider', { name: /gh github.audit: 6 runs, 1 failed, 1 gap/ }).waitFor()
    await page.getByText('HTTP 502').first().waitFor()

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
