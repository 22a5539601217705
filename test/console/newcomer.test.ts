import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { browserPath, openBrowser } from '../support/browser.ts'
import { hangMs } from '../support/hang.ts'

/**
 * What a newcomer does: starts the pipeline as the README says, opens the link, connects a source, and finds a person
 * across providers. It takes minutes and makes the pictures of the documentation, so it runs on request only:
 * `SCREENSHOTS=write npx vitest run test/console/newcomer.test.ts`
 */
const isAsked = process.env.SCREENSHOTS === 'write' && browserPath !== undefined

const folder = mkdtempSync(join(tmpdir(), 'audit-lake-'))
let child: ChildProcess | undefined
let browser: Browser | undefined
afterAll(async () => {
  await browser?.close()
  const ended = child && once(child, 'exit')
  child?.kill('SIGINT')
  await ended
  rmSync(folder, { recursive: true })
})

/** @returns the address of the console */
async function started(): Promise<string> {
  child = spawn(process.execPath, ['cli/start.ts', '--json', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new TypeError('no output')
  for await (const line of createInterface(child.stdout)) {
    const { console: link } = JSON.parse(line)
    return String(link)
  }
  throw new Error('the pipeline ended before it was ready')
}

const until = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

test.runIf(isAsked)('the path of a newcomer', { timeout: 10 * hangMs }, async () => {
  const begun = Date.now()
  const took = () => `${Math.round((Date.now() - begun) / 1_000)} s`
  const link = await started()
  console.log(`the address of the console after ${took()}`)
  browser = await openBrowser()
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' })
  // Rows are written once a minute.
  page.setDefaultTimeout(2 * hangMs)
  const picture = async (name: string) => {
    await page.mouse.move(0, 0)
    await page.screenshot({ path: `docs/images/console-${name}.png` })
  }
  const go = (view: string) => page.evaluate(`location.hash = '#/${view}'`)
  await page.goto(link)
  await until(page, 'GitHub organization audit log')
  console.log(`the sources after ${took()}`)
  await until(page, /working/i)
  await expect.poll(() => page.getByText(/not set up/i).count(), { timeout: 3 * hangMs }).toBe(0)
  console.log(`every source works after ${took()}`)

  await go('connect/github-audit')
  await until(page, /received/i)
  console.log(`a source is connected after ${took()}`)
  await picture('connect')

  await go('events')
  const who = page.locator('table tbody tr').first()
  await who.waitFor()
  const search = page.locator('input[type=search]').first()
  await search.fill('chidi@example.com')
  await search.press('Enter')
  const products = () => page.locator('table tbody tr td:nth-child(7)').allInnerTexts()
  await expect.poll(async () => new Set(await products()).size, { timeout: hangMs }).toBeGreaterThan(1)
  console.log(`a person is found after ${took()}`)
  await picture('person')

  await go('failures')
  await until(page, /not_json|bad_encoding/)
  await picture('failures')
  await go('runs')
  await page.locator('svg').first().waitFor()
  await picture('runs')
  await go('sql')
  await page.getByLabel('Saved query').selectOption('one-person')
  await page.getByRole('button', { name: 'Ask' }).click()
  await until(page, 'Save as CSV')
  await picture('sql')
  await go('sources')
  await until(page, 'GitHub organization audit log')
  await expect.poll(() => page.getByText('Counting').count(), { timeout: hangMs }).toBe(0)
  await picture('sources')
})
