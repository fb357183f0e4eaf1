import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openBrowser } from '../../scripts/browser.ts'
import type { Change } from '../../src/core/changes/changes.ts'
import { slotItem } from '../../src/core/changes/inventory.ts'
import type { HistoryVersion } from '../../src/core/history/history.ts'
import { printSnapshot, sealSnapshot } from '../../src/core/snapshot/read.ts'
import { CLOUDS, type Snapshot } from '../../src/core/snapshot/snapshot.ts'
import { printPage } from '../../src/show/report/page.ts'
import type { PageStream } from '../../src/show/report/stream.ts'
import { run } from '../support/cli.ts'
import { commitAt } from '../support/git.ts'
import { azureImage, snapshotText } from '../support/snapshots.ts'

const HOSTILE = `"'><img src="https://example.com/x.png" onerror="hacked = 1"></style></title><script>hacked = 1</script><b>`

let browser: Browser
let folder: string

beforeAll(async () => {
  browser = await openBrowser()
  folder = await mkdtemp(join(tmpdir(), 'stream-snapshot-browser-'))
})

afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

const STREAMS = 'https://rhcos.mirror.openshift.com/art/storage/prod/streams'
const build = (release: string) => ({
  builds: { x86_64: { release, location: `${STREAMS}/a/builds/${release}/x86_64`, meta: {} } },
})

/** A report with three commits, in which one image lags behind its build and others are missing. */
let page: Promise<string> | undefined
function ordinaryPage(): Promise<string> {
  page ??= makePage('ordinary', 's.json', [
    [
      'first',
      snapshotText([azureImage('418-v2', '418.94.20240916')], build('418.94.202409162337-0')),
    ],
    [
      'bump',
      snapshotText([azureImage('418-v2', '418.94.20240916')], build('418.94.202410090804-0')),
    ],
    [
      'images',
      snapshotText(
        [azureImage('418-v2', '418.94.20241009'), azureImage('aro_418', '418.94.20240916')],
        build('418.94.202410090804-0'),
      ),
    ],
  ])
  return page
}

/** A report in which every string is markup that would be executed without escaping. */
async function hostilePage(): Promise<string> {
  const place = { publisher: HOSTILE, offer: HOSTILE, sku: HOSTILE, project: HOSTILE }
  const image = { ...place, image: HOSTILE, name: HOSTILE }
  const slots = CLOUDS.flatMap((cloud) =>
    [{}, { region: HOSTILE }].flatMap((where) => {
      const slot = { cloud, plan: HOSTILE, architecture: HOSTILE as 'x86_64', ...where }
      const expected = { place: { ...place, product: HOSTILE, name: HOSTILE }, version: HOSTILE }
      const alternatives = {
        ...expected,
        place: { ...expected.place, sku: `${HOSTILE} or ${HOSTILE}` },
      }
      const state = { slot, release: `${HOSTILE}.20241009`, expected, days: 1 }
      return [
        { ...state, image: { ...image, version: `${HOSTILE}.20241001` }, refused: HOSTILE },
        { ...state, expected: alternatives },
      ]
    }),
  )
  const subject = { kind: 'build', architecture: HOSTILE } as const
  const build = (release: string) => ({ subject, value: release, release })
  const changes: Change[] = [
    { subject, before: build(HOSTILE), after: build(`${HOSTILE}2`) },
    ...slots.flatMap(({ slot }): Change[] => [
      { subject: { kind: 'slot', slot }, after: slotItem(slot, image) },
    ]),
  ]
  const version: HistoryVersion = {
    ...{
      commit: `<b>${HOSTILE}`,
      date: HOSTILE,
      subject: HOSTILE,
      path: HOSTILE,
      ocp: HOSTILE,
      problem: HOSTILE,
    },
    releases: { [HOSTILE]: `${HOSTILE}.20241009` },
    slots,
    files: [
      { change: 'renamed', path: HOSTILE, from: HOSTILE },
      { change: 'removed', path: HOSTILE },
    ],
    changes,
  }
  const file = join(folder, 'hostile-history.html')
  await writeFile(file, printPage([makeStream(HOSTILE, [version, version])]))
  return file
}

function makeStream(name: string, history: readonly HistoryVersion[]): PageStream {
  return { name, history, versions: history.length, begins: history[0]?.date ?? '' }
}

async function makePage(
  name: string,
  file: string,
  versions: readonly (readonly [subject: string, text: string])[],
): Promise<string> {
  const repository = await mkdtemp(join(folder, name))
  for (const [at, [subject, text]] of versions.entries()) {
    await writeFile(join(repository, file), text)
    await commitAt(repository, `2024-10-0${at + 1}T12:00:00Z`, subject)
  }
  const out = join(folder, `${name}.html`)
  const outcome = await run(['report', join(repository, file), '--file', out])
  expect(outcome).toMatchObject({ status: 0, stdout: '' })
  return out
}

/** Opens a page from its file. Requests, console messages and errors fail the test. */
async function open(file: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options)
  const problems: string[] = []
  context.on('request', (request) => {
    if (request.url() !== `file://${file}`) problems.push(`request: ${request.url()}`)
  })
  const tab = await context.newPage()
  tab.on('console', (message) => problems.push(`console: ${message.text()}`))
  tab.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  onTestFinished(async () => {
    await context.close()
    expect(problems).toEqual([])
  })
  await tab.goto(`file://${file}`, { waitUntil: 'load' })
  return tab
}

/** A report of the demonstration's snapshot, whose second version adds the images of AWS. */
let demonstration: Promise<string> | undefined
function demonstrationPage(): Promise<string> {
  demonstration ??= (async () => {
    const text = await readFile(new URL('../../snapshots/rhcos-4.18.json', import.meta.url), 'utf8')
    const { integrity: _, ...content }: Snapshot = JSON.parse(text)
    const images = { ...content.images, aws: [] }
    return makePage('demonstration', 's.json', [
      ['first', printSnapshot(sealSnapshot({ ...content, images }))],
      ['Capture the images of AWS', text],
    ])
  })()
  return demonstration
}

const OPEN_ALL = `for (const each of document.querySelectorAll('summary')) each.click()`

/** Finds elements that are clipped, scroll horizontally, or are too narrow to read. */
const MEASURE = `(() => {
  const shown = [...document.querySelectorAll('body *')].filter(
    (each) => each.clientWidth > 1 && !each.closest('.away'),
  )
  const isClipped = (each) => getComputedStyle(each).overflowX !== 'visible'
  const name = (each) => each.tagName + '.' + each.className + ' ' + each.textContent.trim().slice(0, 30)
  const wide = shown.filter((each) => isClipped(each) && each.scrollWidth > each.clientWidth + 1)
  const narrow = shown.filter((each) => {
    const style = getComputedStyle(each)
    const isText = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 8)
    const inner = each.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)
    return isText && style.display !== 'inline' && inner < 8 * 0.5 * parseFloat(style.fontSize)
  })
  // Dates and grades must not wrap.
  const broken = [...document.querySelectorAll('.grade, time')].filter((each) => each.getClientRects().length > 1)
  return { page: document.documentElement.scrollWidth, wide: wide.map(name), narrow: narrow.map(name), broken: broken.map(name) }
})()`

async function expectAccessible(tab: Page): Promise<void> {
  await tab.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8'))
  const { violations, passes } = (await tab.evaluate('axe.run()')) as AxeResults
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)
  expect(found).toEqual([])
  expect(passes.map(({ id }) => id)).toContain('color-contrast')
}

/** A version with an image that lags some days behind its build. */
function smallHistory(days: number): HistoryVersion[] {
  const slot = { cloud: 'azure', plan: 'ocp', architecture: 'x86_64', generation: 2 } as const
  const place = { publisher: 'redhat', offer: 'rh-ocp-worker', sku: 'rh-ocp-worker' }
  const image = { ...place, version: `418.94.2024101${9 - days}` }
  const state = { slot, release: '418.94.202410190804-0', image, grade: 'older-build' as const }
  return [
    {
      ...{ commit: 'c0ffee0', date: '2024-10-20T12:00:00Z', subject: 'first', path: 's.json' },
      releases: { x86_64: '418.94.202410190804-0' },
      ...{ ocp: '4.18', files: [] },
      slots: [{ ...state, days, expected: { place, version: '418.94.20241019' } }],
      changes: [{ subject: { kind: 'slot', slot }, after: slotItem(slot, image) }],
    },
  ]
}

const visibleRows = (tab: Page) => tab.locator('.changes tbody tr:not(.commit):visible')
const SLOT = 'azure no-purchase-plan x86_64 gen2'
const cells = (tab: Page, table: string, column: number) =>
  tab.locator(`${table} tbody tr:not(.commit):visible td:nth-child(${column})`).allTextContents()

describe('the report', () => {
  it('filters changes', async () => {
    const tab = await open(await ordinaryPage())
    const changes = tab.locator('.changes')
    expect(await visibleRows(tab).count()).toBe(5)
    await changes.getByLabel('Filter').fill('CHANGED gen2')
    expect(await cells(tab, '.changes', 2)).toEqual([SLOT])
    expect(await changes.locator('output').textContent()).toBe('1 of 5 rows')
    expect(await changes.locator('.commit:visible').count()).toBe(1)
    await changes.getByLabel('Filter').fill('')
    expect(await visibleRows(tab).count()).toBe(5)
  })

  it('sorts images with the keyboard', async () => {
    const tab = await open(await ordinaryPage())
    const heading = tab.locator('.now > table th', { hasText: 'Lag' })
    await heading.getByRole('button').focus()
    await tab.keyboard.press('Enter')
    expect(await heading.getAttribute('aria-sort')).toBe('ascending')
    expect((await cells(tab, '.now > table', 5)).at(-1)).toBe('23 days')
    await tab.keyboard.press('Enter')
    expect((await cells(tab, '.now > table', 5)).at(0)).toBe('23 days')
  })

  it('copies the images to publish', async () => {
    const tab = await open(await ordinaryPage(), {
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    const button = tab.getByRole('button', { name: 'Copy as Markdown' })
    await button.click()
    await tab.locator('#status', { hasText: 'Copied' }).waitFor({ state: 'attached' })
    const text = String(await tab.evaluate('navigator.clipboard.readText()'))
    expect(text).toMatch(/^\| For \| Publisher \| Offer \| Sku \| Version \|\n/)
    expect(text.match(/^\| `/gm)).toHaveLength(13)
    await tab.getByRole('button', { name: 'Copy as CSV' }).click()
    await tab.waitForFunction('navigator.clipboard.readText().then((t) => t.startsWith("For,"))')
    const csv = String(await tab.evaluate('navigator.clipboard.readText()'))
    expect(csv.split('\n')).toHaveLength(15)
  })

  it('is readable without JavaScript', async () => {
    const tab = await open(await ordinaryPage(), { javaScriptEnabled: false })
    expect(await visibleRows(tab).count()).toBe(5)
    expect(await tab.locator('button:visible').count()).toBe(0)
  })

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 375],
    ['dark', 375],
  ] as const)(
    'fits the window and is accessible in %s mode at %i pixels',
    async (colorScheme, width) => {
      const options = { colorScheme, viewport: { width, height: 900 } }
      const tab = await open(await demonstrationPage(), options)
      await tab.evaluate(OPEN_ALL)
      const nothing = { page: width, wide: [], narrow: [], broken: [] }
      expect(await tab.evaluate(MEASURE)).toEqual(nothing)
      await expectAccessible(tab)
    },
  )

  it('shows the last change on the first screen', async () => {
    const tab = await open(await demonstrationPage(), { viewport: { width: 1280, height: 900 } })
    const changed = tab.locator('.changed')
    expect(await changed.textContent()).toMatch(
      /^Last change on 2024-10-02 in [0-9a-f]{7} Capture the images of AWS: \d+ images? changed$/,
    )
    const { y = 900, height = 0 } = (await changed.boundingBox()) ?? {}
    expect(y + height).toBeLessThan(300)
    await changed.getByRole('link').click()
    expect(new URL(tab.url()).hash).toBe('#s1-changes')
  })

  it('shows several streams with a link to each stream', async () => {
    const histories = ['one', '<two>'].map((name, at) => makeStream(name, smallHistory(at + 1)))
    const file = join(folder, 'streams.html')
    await writeFile(file, printPage(histories))
    const tab = await open(file)
    expect(await tab.locator('h1').allTextContents()).toEqual(['one', '<two>'])
    const links = tab.getByRole('navigation', { name: 'Streams' }).locator('li')
    expect(await links.allTextContents()).toEqual(['one 1 to publish', '<two> 1 to publish'])
    await tab.getByRole('link', { name: '<two>' }).click()
    expect(new URL(tab.url()).hash).toBe('#s2')
    await expectAccessible(tab)
    const ids = await tab.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
    expect(ids).toEqual([...new Set(ids)])
  })

  it('has no external links and a policy that forbids requests', async () => {
    const tab = await open(await ordinaryPage())
    const links = await tab
      .locator('[src], [href]')
      .evaluateAll((all) =>
        all.map((each) => each.getAttribute('src') ?? each.getAttribute('href')),
      )
    expect(links.filter((link) => !/^(#|data:,$)/.test(link ?? ''))).toEqual([])
    const policy = await tab.locator('meta[http-equiv]').getAttribute('content')
    expect(policy?.replace(/'sha256-[^']+'/g, 'DIGEST')).toBe(
      "default-src 'none'; style-src DIGEST; script-src DIGEST; img-src data:; base-uri 'none'; form-action 'none'",
    )
  })

  it('escapes all strings of the history', async () => {
    const tab = await open(await hostilePage())
    const count = (selector: string) => tab.locator(selector).count()
    expect({
      images: await count('img'),
      scripts: await count('script'),
      styles: await count('style'),
      bold: await count('b'),
      handlers: await count('[onerror]'),
      hacked: await tab.evaluate('typeof hacked'),
    }).toEqual({ images: 0, scripts: 1, styles: 1, bold: 0, handlers: 0, hacked: 'undefined' })
    expect(await tab.title()).toContain('</title>')
    expect(await tab.locator('h1').textContent()).toBe(HOSTILE)
    for (const part of ['.publish', '.now', '.now dl', '.changes', '.commit']) {
      expect(await tab.locator(part).allTextContents().then(String)).toContain(HOSTILE)
    }
  })
})
