import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { browserPath, openBrowser } from '../../support/browser.ts'
import {
  type ConsoleFixtures,
  plantedError,
  serveConsoleFixtures,
  type WorldName,
} from '../../support/console-fixtures.ts'
import { accessibilityFaults, type ConsolePage, openConsole } from '../../support/console-page.ts'
import { markup } from '../../support/console-planted/hostile.ts'
import { plantedSecret } from '../../support/console-planted/normal.ts'
import { hiddenCharacters } from '../../support/hostile-text.ts'

/** The console in a browser, over planted answers. */

const hasBrowser = browserPath !== undefined

let fixtures: ConsoleFixtures
let browser: Browser
beforeAll(async () => {
  if (!hasBrowser) return
  fixtures = await serveConsoleFixtures()
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await fixtures?.close()
})

/** A page of its own for a test. */
const open = async (world: WorldName, view: string, options = {}) => {
  const opened = await openConsole(browser, fixtures, world, view, options)
  onTestFinished(opened.close)
  return opened
}

/** Each view with a text that is there when it has its answer. */
const views = [
  ['sources', 'invalid_auth'],
  ['connect', 'anthropic'],
  ['connect/slack-audit', 'Payload URL'],
  ['events', 'protected_branch.destroy'],
  ['failures', 'no_event_time'],
  ['runs', '544 runs'],
  ['sql', 'github_webhook'],
] as const

const shows = (page: Page, text: string) => page.getByText(text).first().waitFor()

/** A page that the tests of a group share, one after the other. */
function sharedPage(world: WorldName): (view: string) => Promise<ConsolePage> {
  let shared: ConsolePage | undefined
  afterAll(async () => await shared?.close())
  return async (view) => {
    // From another view, so that each test asks anew.
    await shared?.go(view === 'sources' ? 'connect' : 'sources')
    await shared?.page.getByRole('heading', { level: 1, name: view === 'sources' ? 'Connect' : 'Sources' }).waitFor()
    shared ??= await openConsole(browser, fixtures, world, view)
    await shared.go(view)
    return shared
  }
}

const elementsOf = async (page: Page): Promise<number> =>
  Number(await page.evaluate(`document.querySelectorAll('*').length`))

describe.skipIf(!hasBrowser)('the console in a browser (skipped where there is none)', () => {
  const normal = sharedPage('normal')
  const hostile = sharedPage('hostile')

  describe('with data', () => {
    test.each(views)('%s: no fault of axe, in light and dark, and room on a narrow screen', async (view, text) => {
      const { page, problems } = await normal(view)
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
      await shows(page, text)
      expect(await accessibilityFaults(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await accessibilityFaults(page)).toEqual([])
      await page.setViewportSize({ width: 360, height: 740 })
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth <= 360')).toBe(true)
      await page.setViewportSize({ width: 1280, height: 900 })
      expect(problems).toEqual([])
    })

    test.each(['light', 'dark'] as const)('no fault of axe in what opens, %s', async (colorScheme) => {
      const { page } = await normal('events')
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.locator('button.open').first().click()
      await shows(page, 'p_any_ip_addresses')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.keyboard.press('Escape')
      await normal('sql')
      await page.getByLabel('Saved query').selectOption('one-person')
      await page.locator('form.editor button').click()
      await shows(page, 'Save as CSV')
      await page.locator('summary').first().click()
      expect(await accessibilityFaults(page)).toEqual([])
      await normal('failures')
      await page.getByRole('button', { name: 'Redrive …' }).click()
      expect(await accessibilityFaults(page)).toEqual([])
    })
  })

  describe('empty', () => {
    const shared = sharedPage('empty')

    test.each([
      ['sources', 'The settings name no source'],
      ['connect', 'No source can be connected'],
      ['connect/new', 'No run has ended yet'],
      ['events', 'No event of the last 7 days'],
      ['failures', 'Everything that was received became rows'],
      ['runs', 'Nothing ran in this time'],
      ['sql', 'There is no table yet'],
    ])('%s', async (view, text) => {
      const { page, problems } = await shared(view)
      await shows(page, text)
      expect(problems).toEqual([])
    })
  })

  describe('with an error', () => {
    const shared = sharedPage('errors')

    test.each(['sources', 'connect/slack-audit', 'events', 'failures', 'runs', 'sql'])('%s', async (view) => {
      const { page, problems } = await shared(view)
      await shows(page, 'Athena does not answer')
      const said = (await page.locator('main').textContent())?.replaceAll('copy', '') ?? ''
      for (const line of plantedError.split('\n')) expect(said).toContain(line)
      expect(problems).toEqual([])
    })

    test('no fault of axe', async () => {
      const { page } = await shared('events')
      await shows(page, 'Athena does not answer')
      expect(await accessibilityFaults(page)).toEqual([])
    })
  })

  test('a server that does not answer is said on every view, and asked again', async () => {
    const { page } = await open('down', 'events')
    await shows(page, 'Athena does not answer')
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(1)
  })

  test.each([
    ['sources', 'button:has-text("copy")'],
    ['connect/x', 'button:has-text("copy")'],
    ['events', 'button.open'],
    ['failures', 'button.open'],
    ['runs', 'button.open'],
    ['sql', 'form.editor button'],
  ])('%s shows hostile texts as text, and stays small', async (view, button) => {
    const { page, problems } = await hostile(view)
    await page.locator(button).first().click()
    const place =
      view === 'sql' ? page.locator('.result td .text').first() : page.locator('dialog .text, main .text').first()
    await place.waitFor()
    if (['events', 'failures', 'runs'].includes(view)) await page.locator('dialog[open]').waitFor()
    const shown = (await page.locator('body').textContent()) ?? ''
    expect(shown).toContain(markup.slice(0, 40))
    expect(hiddenCharacters.exec(shown.replaceAll('\n', ''))?.[0]).toBeUndefined()
    expect(await page.evaluate('globalThis.taken')).toBeUndefined()
    expect(await page.locator('#app img, #app script, #app style, #app a[href^="javascript"]').count()).toBe(0)
    expect(await elementsOf(page)).toBeLessThan(8_000)
    expect(problems).toEqual([])
    await page.keyboard.press('Escape')
  })

  test('of ten thousand rows the page holds those in sight, and shows every other one when it is scrolled to', async () => {
    const { page, problems } = await hostile('sql')
    await page.locator('form.editor button').click()
    await shows(page, '100,000 rows')
    await shows(page, 'the first 10,000 are shown')
    expect(await page.locator('.result tbody tr').count()).toBeLessThan(120)
    await page.evaluate(`document.querySelector('.result .table').scrollTop = 1e6`)
    await page.getByRole('button', { name: 'Open row 10000', exact: true }).waitFor()
    expect(await page.locator('.result tbody tr').count()).toBeLessThan(120)
    expect(problems).toEqual([])
  })

  test('a long value is cut, says so, and shows more on demand', async () => {
    const { page } = await hostile('failures')
    await page.locator('button.open').first().click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByText('Of 5.0 MB, the page has only the beginning').waitFor()
    const before = (await dialog.textContent())?.length ?? 0
    await dialog.getByRole('button', { name: 'show more' }).click()
    await expect.poll(async () => (await dialog.textContent())?.length ?? 0).toBeGreaterThan(before + 15_000)
  })

  test('without the link the page says where it is', async () => {
    const { page } = await open('normal', 'sources')
    await page.evaluate('sessionStorage.clear()')
    await page.goto(fixtures.url)
    await shows(page, 'This page needs its link')
    expect(await accessibilityFaults(page)).toEqual([])
  })

  test('the token leaves the address bar and outlives a reload, in this tab alone', async () => {
    const { page } = await open('normal', 'events')
    expect(page.url()).toBe(`${fixtures.url}/#/events`)
    await page.goto(fixtures.link('empty'))
    await shows(page, 'The settings name no source')
    expect(page.url()).toBe(`${fixtures.url}/#/sources`)
    await page.goto(fixtures.link('normal'))
    await shows(page, 'invalid_auth')
    expect(page.url()).toBe(`${fixtures.url}/#/sources`)
    await page.reload()
    await shows(page, 'invalid_auth')
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain('normal')
  })

  test('what needs a person stands first and whole, with its commands to copy', async () => {
    const { page } = await normal('sources')
    const attention = page.locator('.attention').first()
    await attention.waitFor()
    const said = (await attention.textContent()) ?? ''
    expect(said).toContain('3 sources need a person')
    expect(said).toContain('or the app lacks the scope auditlogs:read')
    const copied = attention.getByRole('button', { name: 'Copy npm run connect -- slack-audit' })
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await copied.click()
    await expect.poll(() => copied.textContent()).toBe('copied')
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('npm run connect -- slack-audit')
    const cards = await page.locator('.card .state').allTextContents()
    expect(cards.map((one) => one.trim())).toEqual([
      'refused',
      'silent',
      'not set up',
      'working',
      'working',
      'behind',
      'failing',
    ])
    await page.getByText('last day', { exact: true }).click()
    await page
      .getByRole('img', { name: /Events per minute in the last day/ })
      .first()
      .waitFor()
  })

  test('the keyboard alone searches, opens an event and closes it', async () => {
    const { page } = await open('normal', 'events')
    await shows(page, 'protected_branch.destroy')
    await page.locator('body').press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('view')
    await page.keyboard.press('/')
    await page.keyboard.type('ada@example.com')
    await page.keyboard.press('Enter')
    await page.getByText('88 events').waitFor()
    expect(page.url()).toContain('search=ada%40example.com')
    const first = page.locator('button.open').first()
    await first.focus()
    await page.keyboard.press('Enter')
    await shows(page, 'p_any_usernames')
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate('document.activeElement.className')).toBe('open')
  })

  test('a click on an address searches for it, and older events follow on demand', async () => {
    const { page } = await normal('events')
    await page.getByRole('button', { name: 'Older events' }).click()
    await page.getByText('200 events').waitFor()
    await page.getByRole('button', { name: '203.0.113.7', exact: true }).first().click()
    await page.getByText('2 events').waitFor()
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('203.0.113.7')
    await page.goBack()
    await page.getByText('100 events').waitFor()
  })

  /** A page whose time is moved by hand, and the requests that it sends. */
  async function onClock(world: WorldName) {
    const opened = await open(world, 'sources')
    const { page } = opened
    await page.clock.install()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const times = (view: string) => asked.filter((path) => path === `/api/${view}`).length
    await page.reload()
    await expect.poll(() => times('overview')).toBeGreaterThan(0)
    /**
     * Lets an hour pass, until a view has been asked for once more; what takes long by this clock is asked for less
     * often.
     */
    const passHours = (view: string) => {
      const before = times(view)
      const pass = async () => {
        await page.clock.fastForward('01:00:00')
        return times(view)
      }
      return expect.poll(pass).toBeGreaterThan(before)
    }
    /** So long that what the first hour has led to was asked: the sources are read again and again. */
    const passLong = async () => {
      for (let turn = 0; turn < 3; turn++) await passHours('overview')
    }
    return { ...opened, times, passHours, passLong }
  }

  test.each([
    ['events', 'No event of the last 7 days', 'protected_branch.destroy'],
    ['failures', 'Everything that was received became rows', 'no_event_time'],
    ['runs', 'Nothing ran in this time', '544 runs'],
  ])('%s of a local run are read again by themselves, but not while a person reads', async (view, before, after) => {
    const { page, go, times, passHours, passLong } = await onClock('empty')
    let world: WorldName = 'empty'
    await page.route(`**/api/${view}*`, async (route) => {
      await route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${world}` } })
    })
    await go(view)
    await shows(page, before)
    world = 'normal'
    await passHours(view)
    await shows(page, after)
    const standsStill = async () => {
      await passLong()
      const read = times(view)
      await passLong()
      expect(times(view)).toBe(read)
    }
    await page.locator('button.open').first().click()
    await page.locator('dialog[open]').waitFor()
    await standsStill()
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    // The focus is back in the table.
    await standsStill()
    await page.getByRole('heading', { level: 1 }).click()
    await passHours(view)
    // Too few failures to scroll.
    if (view === 'failures') return
    await page
      .locator('.table')
      .last()
      .evaluate((table) => table.scrollTo(0, 400))
    expect(
      await page
        .locator('.table')
        .last()
        .evaluate((table) => table.scrollTop),
    ).toBeGreaterThan(0)
    await standsStill()
  })

  test('older events stay while they are shown, also when still older ones cannot be read', async () => {
    const { page, go, times, passLong } = await onClock('normal')
    await go('events')
    await page.getByRole('button', { name: 'Older events' }).click()
    await page.getByText('200 events').waitFor()
    const read = times('events')
    await passLong()
    expect(times('events')).toBe(read)
    await page.route('**/api/events*', (route) => route.fulfill({ status: 503, body: '{"error":"not now"}' }))
    await page.getByRole('button', { name: 'Older events' }).click()
    await shows(page, 'not now')
    expect(await page.getByText('200 events').count()).toBe(1)
    await page.unroute('**/api/events*')
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByText('100 events').waitFor()
    expect(await page.getByText('not now').count()).toBe(0)
  })

  test('an answer that comes when a person has begun to read is not shown', async () => {
    const { page, go } = await onClock('normal')
    const { promise: isOpen, resolve: opened } = Promise.withResolvers<void>()
    const { promise: asked, resolve: isAsked } = Promise.withResolvers<void>()
    await go('events')
    await shows(page, 'protected_branch.destroy')
    await page.route('**/api/events*', async (route) => {
      isAsked()
      await isOpen
      await route.continue({ headers: { ...route.request().headers(), authorization: 'Bearer empty' } })
    })
    await page.clock.fastForward('01:00:00')
    await asked
    await page.locator('button.open').first().click()
    await page.locator('dialog[open]').waitFor()
    const answered = page.waitForResponse('**/api/events*')
    opened()
    await answered
    await page.locator('dialog[open]').getByText('p_any_ip_addresses').waitFor()
    expect(await page.getByText('No event of the last 7 days').count()).toBe(0)
  })

  test('on AWS a view is read again on demand alone', async () => {
    const { page, go, times, passLong } = await onClock('aws')
    for (const view of ['events', 'failures', 'runs']) {
      await go(view)
      await shows(page, '12.4 MB read by Athena')
      await passLong()
      // A redrive is open, and is followed.
      if (view === 'failures') expect(times(view)).toBeGreaterThan(1)
      else expect(times(view)).toBe(1)
    }
  })

  test('a redrive needs a second click, and Escape takes the first one back', async () => {
    const { page } = await normal('failures')
    const before = fixtures.orders.length
    const drawing = page.locator('.chart .u-over')
    await drawing.hover({ position: { x: 1, y: 50 } })
    await shows(page, 'the hour from 01-08 12:00 UTC')
    // The progress of the open one follows by itself.
    const progress = () => page.locator('.redrives li').first().textContent()
    const begun = await progress()
    await expect.poll(progress).not.toBe(begun)
    await page.getByRole('combobox', { name: /^reason/ }).selectOption('bad_json')
    const first = page.getByRole('button', { name: 'Redrive …' })
    await first.click()
    await page.getByText('Redrive all failures, reason bad_json').waitFor()
    expect(fixtures.orders).toHaveLength(before)
    await page.keyboard.press('Escape')
    await first.waitFor()
    expect(fixtures.orders).toHaveLength(before)
    await first.click()
    await page.getByRole('button', { name: 'Yes, redrive' }).click()
    await shows(page, 'redrive of failures: redriven 0, left 0')
    expect(fixtures.orders.slice(before)).toEqual([{ path: 'redrive', body: { kind: 'failures', reason: 'bad_json' } }])
  })

  test('connecting: the secret on demand, the credential by a second click, and the first event as it comes', async () => {
    const { page } = await normal('connect/slack-audit')
    await shows(page, 'Waiting for the first event')
    expect(await page.content()).not.toContain(plantedSecret)
    await page.getByRole('button', { name: 'Show the secret' }).click()
    await shows(page, plantedSecret)
    await page.getByRole('button', { name: 'Hide' }).click()
    await expect.poll(() => page.content()).not.toContain(plantedSecret)
    const before = fixtures.orders.length
    await page.getByLabel('Credential', { exact: true }).fill('xoxp-wrong')
    await page.getByRole('button', { name: 'Store and check …' }).click()
    expect(fixtures.orders).toHaveLength(before)
    await page.getByRole('button', { name: 'Yes, store and check it' }).click()
    await shows(page, 'The credential does not work.')
    await shows(page, 'The former credential is back.')
    expect(fixtures.orders.slice(before)).toEqual([
      { path: 'connect/slack-audit/credential', body: { credential: 'xoxp-wrong' } },
    ])
    await expect.poll(() => page.getByLabel('Credential', { exact: true }).inputValue()).toBe('')
    await page.locator('[aria-live] >> text=Received: an event').waitFor()
  })

  test('SQL: a statement, its error whole, its answer as CSV and JSON, a saved query with its values', async () => {
    const { page, problems } = await normal('sql')
    const editor = page.getByLabel('One statement that reads')
    await editor.fill('select nonsense')
    await editor.press('Control+Enter')
    await shows(page, 'cannot be resolved')
    expect(await page.locator('.failed').textContent()).toContain('The table all_events has: time, dt, status.')
    await editor.fill('select who')
    await editor.press('Control+Enter')
    await shows(page, '4 rows')
    const saved = async (button: string) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: button }).click(),
      ])
      return await readFile(await download.path(), 'utf8')
    }
    expect((await saved('Save as CSV')).split('\n')[1]).toBe("ada@example.com,repo.create,1200,'=cmd|calc")
    expect(JSON.parse(await saved('Save as JSON'))).toHaveLength(4)
    await page.getByLabel('Saved query').selectOption('one-person')
    await page.getByLabel(/^days/).fill('3')
    await page.getByRole('button', { name: 'Ask' }).click()
    await expect.poll(() => fixtures.orders.at(-1)?.body).toEqual({ saved: 'one-person', set: { days: '3' } })
    await page.getByRole('button', { name: 'Edit its SQL' }).click()
    await expect.poll(() => editor.inputValue()).toBe("select who from all_events where dt >= '2026-01-12'")
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('sql')
    await page.getByRole('button', { name: 'Back to the replaced statement' }).click()
    await expect.poll(() => editor.inputValue()).toBe('select who')
    await page.locator('summary').filter({ hasText: 'github_audit' }).click()
    await editor.fill('select ')
    await page.getByRole('button', { name: '_document_id' }).click()
    await expect.poll(() => editor.inputValue()).toBe('select _document_id')
    expect(problems).toEqual([])
  })

  test('runs: the arrow keys go from sign to sign and tell of each run; gaps are named', async () => {
    const { page } = await normal('runs')
    const lane = page.getByRole('slider', { name: /slack\.audit-logs.*1 gap/ })
    await lane.focus()
    await page.keyboard.press('End')
    await page.locator('.run-line').getByText('Slack refused the credential').waitFor()
    expect(await lane.getAttribute('aria-valuetext')).toContain('credentials')
    await page.keyboard.press('Home')
    await page
      .locator('.run-line')
      .getByText(/fetched/)
      .waitFor()
    expect(await page.locator('.lane .gap').count()).toBe(2)
    await page.getByLabel(/only those that failed/).check()
    await shows(page, '57 runs')
  })

  test('on AWS each view says what Athena has read', async () => {
    const { page, go } = await open('aws', 'sources')
    await shows(page, 'auditlake-ops-1x2y3z')
    for (const view of ['events', 'failures', 'runs']) {
      await go(view)
      await page.getByRole('heading', { level: 1, name: view }).waitFor()
      await shows(page, '12.4 MB read by Athena')
    }
    await go('sql')
    await page.locator('form.editor button').click()
    await shows(page, '4 rows · 84 ms · 12.4 MB read by Athena')
  })

  test('the chosen colours outlive a reload', async () => {
    const { page } = await open('normal', 'sources', { colorScheme: 'light' })
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await ground()
    const theme = page.getByRole('button', { name: /^Colours/ })
    await theme.click()
    await theme.click()
    await expect.poll(ground).not.toBe(light)
    await page.reload()
    await shows(page, 'invalid_auth')
    await expect.poll(ground).not.toBe(light)
  })
})
