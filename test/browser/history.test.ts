import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChromium } from '../../bench/pages.js'
import { isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'
import { squashfsOf } from '../parsers/squashfs/writer.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SERIES = ['mini.iso', 'mini-slim.iso', 'plain.iso', 'mini.iso']

interface Step {
  readonly delta: number
  readonly rows: readonly { readonly name: string; readonly delta: number }[]
}

describeWith(['chromium'], 'the page of a series in Chromium', () => {
  let work = ''
  let address = ''
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  function written(name: string, ...images: readonly string[]): string {
    const path = join(work, name)
    expect(isoscope(['history', ...images, '-o', path])).toMatchObject({ code: 0, stderr: '' })
    return pathToFileURL(path).href
  }

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-history-page-'))
    address = written('series.html', ...SERIES)
    browser = await startChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('dialog', (dialog) => {
      errors.push(`dialog: ${dialog.message()}`)
      dialog.dismiss()
    })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(work, { recursive: true, force: true })
  })

  /** Opens an address as a new page would. */
  const open = async (url: string): Promise<void> => {
    await page.goto('about:blank')
    await page.goto(url)
    await page.waitForSelector('.chart[data-drawn]')
  }
  const slider = () => page.getByRole('slider', { name: 'Image of the series' })
  const told = () => slider().getAttribute('aria-valuetext')
  const heading = () => page.locator('.panel h2').textContent()
  const facts = () => page.locator('.panel dd').allTextContents()
  const rowNames = () => page.locator('[role=row][data-row] .name bdi').allTextContents()
  const stepsOf = (): readonly (Step | null)[] => {
    const { stdout } = isoscope(['history', ...SERIES, '--json'])
    return (JSON.parse(stdout.toString()) as { series: { step: Step | null }[] }).series.map(({ step }) => step)
  }

  it('opens from a file, and tells of the last image what changed in it', async () => {
    await open(address)
    expect(await page.title()).toBe('mini.iso → mini.iso – isoscope')
    expect(await page.locator('.facts').textContent()).toBe('4 images, ordered as given')
    expect(await told()).toBe('mini.iso, 2.0 MiB, +1.9 MiB')
    expect(await heading()).toBe('mini.iso')
    const step = stepsOf()[3]!
    expect(await facts()).toContain(`+${step.delta.toLocaleString('en-US')}`)
    expect(await page.locator('.panel [data-bytes]').first().getAttribute('data-bytes')).toBe(
      String(step.rows[0]!.delta),
    )
    expect(await page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe(String(step.rows.length + 1))
    expect(await rowNames()).toContain('perl 5.42.0')
  })

  it('shows the diff of the image that is clicked', async () => {
    await open(address)
    const box = (await slider().boundingBox())!
    // The second of four images is at a third of the drawing, which has the numbers of its scale on the left.
    await page.mouse.click(box.x + 74 + (box.width - 74 - 16) / 3 + 4, box.y + box.height / 2)
    expect(await heading()).toBe('mini-slim.iso')
    expect(await facts()).toContain('−1,048,576')
    expect(await page.locator('.panel').textContent()).toMatch(
      /unit-register-nix-paths\.service and 9 more.*lost: system-units → unit-register-nix-paths\.service/,
    )
    const { rows } = stepsOf()[1]!
    expect(await rowNames()).toHaveLength(rows.length)
    expect(page.url()).toContain('#image=2')
  })

  it('goes from image to image by the keyboard, and stays where there is none', async () => {
    await open(address)
    await slider().focus()
    const seen: (string | null)[] = []
    for (const key of ['ArrowLeft', 'ArrowLeft', 'Home', 'ArrowLeft', 'ArrowRight', 'End', 'ArrowRight']) {
      await page.keyboard.press(key)
      seen.push(await slider().getAttribute('aria-valuenow'))
    }
    expect(seen).toEqual(['3', '2', '1', '1', '2', '4', '4'])
    await page.keyboard.press('Home')
    expect(await page.locator('.panel').textContent()).toContain('The series begins with it.')
    expect(await page.getByRole('button', { name: 'previous image' }).getAttribute('aria-disabled')).toBe('true')
    await page.getByRole('button', { name: 'next image' }).focus()
    await page.keyboard.press('Enter')
    expect(await heading()).toBe('mini-slim.iso')
    // The focus stays on the button, for the next step.
    await page.keyboard.press('Enter')
    expect(await heading()).toBe('plain.iso')
    await page.getByText('Images', { exact: true }).click()
    await page.locator('[role=row][data-row]').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await heading()).toBe('mini-slim.iso')
  })

  it('draws a stack that ends at the files, or lines from zero', async () => {
    await open(address)
    const pathsOf = (kind: string) =>
      page.locator(`.chart path.${kind}`).evaluateAll((some) => some.map((path) => path.getAttribute('d') ?? ''))
    const points = (d: string): readonly string[] => d.split(/[MLZ]/).filter((point) => point !== '')
    const [whole] = await pathsOf('whole')
    const bands = await pathsOf('band')
    expect(bands).toHaveLength(9)
    // The band on top begins with the tops of the files.
    expect(points(bands.at(-1)!).slice(0, 4)).toEqual(points(whole!))
    // The band at the bottom comes back on the line of zero.
    const ground = new Set(
      points(bands[0]!)
        .slice(4)
        .map((point) => point.split(' ')[1]),
    )
    expect(ground.size).toBe(1)
    await page.getByText('lines', { exact: true }).click()
    await page.waitForSelector('.chart[data-drawn=lines]')
    const lines = await pathsOf('band')
    expect(lines).toHaveLength(9)
    expect(lines.every((d) => points(d).length === 4)).toBe(true)
    expect(page.url()).toContain('chart=lines')
  })

  it('stresses a package that is chosen in the table, searches, and sorts', async () => {
    await open(address)
    await page.getByText('Packages', { exact: true }).click()
    await page.keyboard.press('/')
    await page.keyboard.type('tzdata')
    await page.locator('.sums', { hasText: /^1 match$/ }).waitFor()
    await page.locator('[role=row][data-row]', { hasText: 'tzdata' }).click()
    expect(await page.locator('.chart .stressed').count()).toBe(1)
    expect(await page.locator('.legend').textContent()).toContain('tzdata')
    expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(1)
    await page.locator('#find').fill('')
    await page.locator('[role=row][data-row="20"]').waitFor()
    await page.locator('[role=columnheader].of-name button').click()
    const names = (await rowNames()).filter((name) => !name.startsWith('['))
    expect(names).toEqual([...names].sort())
    await page.reload()
    await page.waitForSelector('.chart[data-drawn]')
    expect(await page.locator('.chart .stressed').count()).toBe(1)
    expect(await page.getByRole('radio', { name: 'Packages' }).isChecked()).toBe(true)
  })

  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [400, 'light'],
    [400, 'dark'],
  ] as const)('has no violation that axe finds, and no line that is too wide: %i, %s', async (width, colorScheme) => {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme })
    const violations: string[] = []
    for (const hash of ['', '#image=2&chart=lines&tab=images', '#image=3&tab=lines&line=1&find=n']) {
      await open(address + hash)
      // The policy of the page lets no script in, but what the driver runs.
      await page.evaluate(AXE)
      const found = await page.evaluate<AxeResults>('axe.run(document, { iframes: false })')
      for (const { id, nodes } of found.violations) violations.push(`${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    }
    expect(violations).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ colorScheme: 'light' })
  })

  it('shows hostile names as text, and a series of one image', async () => {
    const image = join(work, '<img src=x onerror=alert(1)>.squashfs')
    writeFileSync(image, squashfsOf({ '<script>alert(1)<\\script>': 'content', '\x1b[31mred': 'content' }))
    await open(written('hostile.html', image))
    expect(await page.locator('img, body script:not(#data):not(#data + script)').count()).toBe(0)
    expect(await heading()).toContain('<img src=x onerror=alert(1)>')
    expect(await slider().getAttribute('aria-valuemax')).toBe('1')
    await page.keyboard.press('Tab')
    await open(written('hostile-pair.html', 'plain.iso', image))
    expect(await page.locator('img').count()).toBe(0)
    expect((await rowNames()).join(' ')).toContain('<script>alert(1)<')
  })

  it('asked nothing but its own file, and reported no error', () => {
    expect(requests.filter((url) => !url.startsWith('file:') && url !== 'about:blank')).toEqual([])
    expect(errors).toEqual([])
  })
})
