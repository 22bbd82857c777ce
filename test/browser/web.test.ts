import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChromium } from '../../bench/pages.js'
import { buildWeb } from '../../scripts/web.js'
import { IMAGES, isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'
import { startFirefox } from './firefox.ts'
import { expectNoViolationsIn, PATIENT, savedFrom } from './reader-page.ts'

describeWith(['chromium'], 'the page that reads images', () => {
  let work = ''
  let address = ''
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-web-'))
    await buildWeb(join(work, 'web'))
    address = pathToFileURL(join(work, 'web/index.html')).href
    for (const name of ['mini.iso', 'mini-slim.iso']) copyFileSync(join(IMAGES, name), join(work, name))
    // Threads are not worth it for less.
    copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'padded.iso'))
    truncateSync(join(work, 'padded.iso'), 64 << 20)
    browser = await startChromium()
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
    page.on('request', (request) => requests.push(request.url()))
    page.on('console', (message) => errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(work, { recursive: true, force: true })
  })

  /** Opens the page anew and chooses files of the folder, or others by their paths. */
  const choose = async (...names: readonly string[]): Promise<void> => {
    await page.goto('about:blank')
    await page.goto(address)
    await page.setInputFiles(
      '#files',
      names.map((name) => join(work, name)),
    )
    await page.waitForSelector('canvas[data-boxes], #failed:not([hidden])')
  }
  /** What the page says in place of an answer. */
  const failure = (): Promise<string | null> => page.locator('#failed').textContent()
  const saved = (format: string): Promise<string> => savedFrom(page, format)
  /** What the command line prints, in the folder of the files. */
  const printed = (...args: readonly string[]): string => {
    const { code, stdout, stderr } = isoscope([...args, '--no-cache'], {}, work)
    expect({ code, stderr: stderr.toString() }).toEqual({ code: 0, stderr: '' })
    return stdout.toString()
  }
  /** The sentences of the command line about a file that it cannot read. */
  const told = (name: string): string => {
    const { code, stderr } = isoscope([name, '--no-cache'], {}, work)
    expect(code).toBe(2)
    return stderr
      .toString()
      .trimEnd()
      .replaceAll(/^isoscope: /gm, '')
  }
  const expectNoViolations = (): Promise<void> => expectNoViolationsIn(page)

  it('says before anything else that nothing is uploaded, and has no violations', async () => {
    await page.goto(address)
    expect(await page.locator('.promise').textContent()).toMatch(/^Nothing is uploaded, and nothing can be\./)
    await expectNoViolations()
  })

  it.each(['mini.iso', 'mini-slim.iso'])('has the JSON and the Markdown of the command line: %s', async (name) => {
    await choose(name)
    expect(await page.title()).toBe(`${name} – isoscope`)
    const json = await saved('json')
    expect(json.length).toBeGreaterThan(1000)
    expect(json).toBe(printed(name, '--json'))
    expect(await saved('md')).toBe(printed(name, '-f', 'md'))
  })

  it.each(['xz.squashfs', 'packed.erofs', 'plain.iso', 'plain.iso.gz'])(
    'reads other kinds of images: %s',
    async (name) => {
      const bytes = readFileSync(join(IMAGES, name.replace('.gz', '')))
      writeFileSync(join(work, name), name.endsWith('.gz') ? gzipSync(bytes) : bytes)
      await choose(name)
      expect(await saved('json')).toBe(printed(name, '--json'))
    },
  )

  it('reads an initrd', async () => {
    const place = '/boot/nix/store/fgws7a64f76h6qpx3kaakm1mjra07j75-initrd-linux-6.18.2/initrd'
    writeFileSync(join(work, 'initrd'), isoscope(['cat', 'mini.iso', place]).stdout)
    await choose('initrd')
    expect(await saved('json')).toBe(printed('initrd', '--json'))
  })

  it('reads a saved report, compressed or not', async () => {
    printed('mini.iso', '-o', 'base.json', '-o', 'base.json.gz')
    for (const name of ['base.json', 'base.json.gz']) {
      await choose(name)
      expect(await saved('json')).toBe(printed(name, '--json'))
    }
  })

  it('has the same interface as the page of the command line, without violations', async () => {
    await choose('mini.iso')
    await page.getByText('Advice', { exact: true }).click()
    expect(await page.locator('.advice .card').count()).toBeGreaterThan(0)
    await page.getByText('Store paths', { exact: true }).click()
    await page.keyboard.press('/')
    await page.keyboard.type('perl')
    await page.waitForSelector('.sums strong')
    await page.locator('[data-row] .name', { hasText: 'perl-5.42.0' }).first().click()
    expect(await page.locator('.panel h2').textContent()).toContain('perl-5.42.0')
    expect(await page.locator('.panel').textContent()).toContain('Shortest chain')
    await expectNoViolations()
  })

  it('shows nothing but the report on a narrow screen, without violations', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    await choose('mini.iso')
    expect(await page.locator('#start').isVisible()).toBe(false)
    const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    expect(await page.evaluate<number>(tooWide)).toBeLessThanOrEqual(0)
    await expectNoViolations()
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  it('looks inside too, and says before how many bytes that may take', async () => {
    await choose('mini.iso')
    const button = page.locator('#deep')
    expect(await button.textContent()).toBe('Look inside too (--deep): 2.0 MiB or more')
    expect(await page.locator('#left-out').isVisible()).toBe(false)
    await button.click()
    await button.waitFor({ state: 'hidden' })
    expect(await saved('json')).toBe(printed('mini.iso', '--deep', '--json'))
    expect(await saved('md')).toBe(printed('mini.iso', '--deep', '-f', 'md'))
    await expectNoViolations()
  })

  it.each([
    ['mini.iso', ['place', 'package', 'what holds it'], ['Store paths', 'This level', 'Files', 'Advice']],
    ['plain.iso', [], ['This level', 'Files']],
  ])('has the groupings of --by: %s', async (name, views, tabs) => {
    copyFileSync(join(IMAGES, name), join(work, name))
    await choose(name)
    const choices = (legend: string): Promise<string[]> =>
      page
        .locator('fieldset', { has: page.locator('legend', { hasText: legend }) })
        .locator('label')
        .allTextContents()
    expect(await choices('Group by')).toEqual(views)
    expect(await choices('Rows')).toEqual(tabs)
  })

  it('saves a page that works by itself', async () => {
    await choose('mini.iso')
    const path = join(work, 'saved.html')
    writeFileSync(path, await saved('html'))
    const other = await browser.newPage()
    await other.goto(pathToFileURL(path).href)
    await other.waitForSelector('canvas[data-boxes]')
    expect(await other.title()).toBe('mini.iso – isoscope')
    await other.close()
  })

  it('scans with as many workers as there are cores', async () => {
    await choose('padded.iso')
    let [started, most] = [0, 0]
    const count = (): void => {
      started += 1
      most = Math.max(most, page.workers().length)
    }
    page.on('worker', count)
    await page.locator('#scan').click()
    await page.waitForSelector('#scan', { state: 'hidden' })
    page.off('worker', count)
    const cores = await page.evaluate<number>('navigator.hardwareConcurrency')
    expect(started).toBe(Math.min(cores, 16))
    // One is the worker of the answer that was shown before.
    expect(most).toBe(started + 1)
    expect(await saved('json')).toBe(printed('padded.iso', '--json', '--references', 'scan'))
    expect(page.workers()).toHaveLength(1)
  })

  it('cancels what is at work, and keeps what is shown', async () => {
    await page.goto('about:blank')
    await page.goto(address)
    /** Presses the button as soon as the worker has told of its first read. */
    const cancelAtFirstRead = `new MutationObserver((_, observer) => {
      if (!/: .*B$/.test(document.querySelector('#doing').textContent)) return
      observer.disconnect()
      document.querySelector('#cancel').click()
      document.body.dataset.cancelled = 'yes'
    }).observe(document.querySelector('#doing'), { childList: true, characterData: true, subtree: true })`
    await page.evaluate(cancelAtFirstRead)
    await page.setInputFiles('#files', join(work, 'mini.iso'))
    await page.waitForSelector('[data-cancelled]')
    expect(await page.locator('#work').isVisible()).toBe(false)
    expect(await page.locator('#start').isVisible()).toBe(true)
    await expect.poll(() => page.workers().length, PATIENT).toBe(0)
    await page.setInputFiles('#files', join(work, 'mini.iso'))
    await page.waitForSelector('canvas[data-boxes]')
    await page.evaluate('delete document.body.dataset.cancelled')
    await page.evaluate(cancelAtFirstRead)
    await page.locator('#scan').click()
    await page.waitForSelector('[data-cancelled]')
    expect(await page.locator('h1').last().textContent()).toBe('mini.iso')
    await expect.poll(() => page.workers().length, PATIENT).toBe(1)
    expect(await saved('json')).toBe(printed('mini.iso', '--json'))
  })

  it('compares two files, the older one first, and the other way round', async () => {
    utimesSync(join(work, 'mini-slim.iso'), 1_700_000_000, 1_700_000_000)
    await choose('mini.iso', 'mini-slim.iso')
    expect(await page.title()).toBe('mini-slim.iso → mini.iso – isoscope')
    expect(await saved('json')).toBe(printed('diff', 'mini-slim.iso', 'mini.iso', '--json'))
    expect(await saved('md')).toBe(printed('diff', 'mini-slim.iso', 'mini.iso', '-f', 'md'))
    await expectNoViolations()
    await page.locator('#swap').click()
    await expect.poll(() => page.title(), PATIENT).toBe('mini.iso → mini-slim.iso – isoscope')
    expect(await saved('json')).toBe(printed('diff', 'mini.iso', 'mini-slim.iso', '--json'))
  })

  it('compares what is shown with a newer file, which may be the same', async () => {
    await choose('mini.iso')
    copyFileSync(join(work, 'mini.iso'), join(work, 'copy.iso'))
    await page.setInputFiles('#newer', join(work, 'copy.iso'))
    await expect.poll(() => page.title(), PATIENT).toBe('mini.iso → copy.iso – isoscope')
    const json = await saved('json')
    expect(json).toBe(printed('diff', 'mini.iso', 'copy.iso', '--json'))
    expect(JSON.parse(json).isIdentical).toBe(true)
  })

  it('takes a file that is dropped', async () => {
    await page.goto('about:blank')
    await page.goto(address)
    const bytes = readFileSync(join(IMAGES, 'xz.squashfs')).toString('base64')
    const dropped = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      const bytes = Uint8Array.from(atob('${bytes}'), (letter) => letter.charCodeAt(0))
      transfer.items.add(new File([bytes], 'dropped.squashfs'))
      return transfer
    })()`)
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped })
    await page.waitForSelector('canvas[data-boxes]')
    expect(await page.title()).toBe('dropped.squashfs – isoscope')
  })

  it('tells what a file is in the sentence of the command line', async () => {
    writeFileSync(join(work, 'note.txt'), 'no image\n')
    writeFileSync(join(work, 'empty.iso'), '')
    writeFileSync(join(work, 'other.json'), '{"schema": "another"}')
    for (const name of ['note.txt', 'empty.iso', 'other.json']) {
      await choose(name)
      expect(await failure()).toBe(told(name))
    }
    await expectNoViolations()
  })

  it('shows what is left of a damaged image, and what is wrong with it', async () => {
    const path = join(work, 'cut.iso')
    copyFileSync(join(IMAGES, 'mini.iso'), path)
    truncateSync(path, 1 << 20)
    await choose('cut.iso')
    expect(await failure()).toBe('')
    const remarks = await page.locator('.warnings li').allTextContents()
    const { code, stdout, stderr } = isoscope(['cut.iso', '--json', '--no-cache', '-v'], {}, work)
    expect(code).toBe(2)
    expect(await saved('json')).toBe(stdout.toString())
    expect(await page.locator('.warnings li').first().isVisible()).toBe(true)
    const sentence = /^isoscope: (cut\.iso is cut short: .*) \(-v/m.exec(stderr.toString())![1]
    expect(remarks).toContain(sentence)
    await expectNoViolations()
  })

  it('reads an image of 5 GB by slices, in little memory', async () => {
    const path = join(work, 'large.iso')
    copyFileSync(join(IMAGES, 'mini.iso'), path)
    truncateSync(path, 5 * 1024 ** 3)
    await page.goto('about:blank')
    await page.goto(address)
    const debug = await browser.newBrowserCDPSession()
    /** Bytes of memory of all processes that draw pages. */
    const memory = async (): Promise<number> => {
      const { processInfo } = await debug.send('SystemInfo.getProcessInfo')
      const renderers = processInfo.filter(({ type }) => type === 'renderer')
      expect(renderers.length).toBeGreaterThan(0)
      const pages = renderers.map(({ id }) => Number(readFileSync(`/proc/${id}/statm`, 'utf8').split(' ')[1]))
      return pages.reduce((sum, count) => sum + count * 4096, 0)
    }
    const empty = await memory()
    await page.setInputFiles('#files', path)
    let most = 0
    for (let isShown = false; !isShown; ) {
      most = Math.max(most, await memory())
      isShown = (await page.locator('canvas[data-boxes], #failed:not([hidden])').count()) > 0
    }
    expect(await failure()).toBe('')
    expect(Math.max(most, await memory()) - empty).toBeLessThan(400 * 1024 ** 2)
    // The command line warns of what is too much to search, and the page has it among its remarks.
    expect(await page.locator('.warnings li').count()).toBeGreaterThan(0)
    expect(await saved('json')).toBe(isoscope(['large.iso', '--json', '--no-cache'], {}, work).stdout.toString())
  })

  it('is one file for a server too, and loads nothing after it', async () => {
    const asked: string[] = []
    const server = createServer(({ url = '' }, response) => {
      asked.push(url)
      response.setHeader('Content-Type', 'text/html')
      response.end(readFileSync(join(work, 'web/index.html')))
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const other = await browser.newPage()
    try {
      await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
      const before = asked.filter((url) => url !== '/favicon.ico')
      expect(before).toEqual(['/'])
      const count = asked.length
      await other.setInputFiles('#files', join(work, 'padded.iso'))
      await other.waitForSelector('canvas[data-boxes]')
      await other.locator('#scan').click()
      await other.waitForSelector('#scan', { state: 'hidden' })
      expect(asked).toHaveLength(count)
      // Neither the page nor its worker can ask even their own server.
      const request = `fetch('${other.url()}').then(() => 'sent', () => 'refused')`
      expect(await other.evaluate(request)).toBe('refused')
      expect(await other.workers()[0]!.evaluate(request)).toBe('refused')
      expect(asked).toHaveLength(count)
    } finally {
      await other.close()
      server.close()
    }
  })

  it('asked nothing but its own file, and reported no error', () => {
    expect(requests.filter((url) => !/^(file|blob|about):/.test(url))).toEqual([])
    expect(errors).toEqual([])
  })
})

describeWith(['firefox-esr'], 'the page that reads images, in Firefox', () => {
  it('has the JSON of the command line from a file, scanned by as many workers as there are cores', async () => {
    const work = mkdtempSync(join(tmpdir(), 'isoscope-web-'))
    const firefox = await startFirefox()
    try {
      await buildWeb(work)
      const path = join(work, 'padded.iso')
      copyFileSync(join(IMAGES, 'mini.iso'), path)
      truncateSync(path, 64 << 20)
      await firefox.open(pathToFileURL(join(work, 'index.html')).href)
      const bytes = readFileSync(join(IMAGES, 'mini.iso'))
      // Waits until a condition holds, or until the page says why it cannot.
      const until = (condition: string): Promise<unknown> =>
        firefox.evaluate(`new Promise((resolve) => {
          const look = () => {
            const failed = document.querySelector('#failed')
            if (!failed.hidden) resolve(failed.textContent)
            else if (${condition}) resolve('')
            else setTimeout(look, 50)
          }
          look()
        })`)
      await firefox.evaluate(`(() => {
        const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (letter) => letter.charCodeAt(0))
        const transfer = new DataTransfer()
        transfer.items.add(new File([bytes, new Uint8Array(${(64 << 20) - bytes.length})], 'padded.iso'))
        const made = URL.createObjectURL
        URL.createObjectURL = (content) => {
          globalThis.saved = content
          return made.call(URL, content)
        }
        globalThis.workers = 0
        const Started = Worker
        globalThis.Worker = function (address) {
          globalThis.workers += 1
          return new Started(address)
        }
        dispatchEvent(new DragEvent('drop', { dataTransfer: transfer }))
      })()`)
      expect(await until(`document.querySelector('canvas[data-boxes]') !== null`)).toBe('')
      await firefox.evaluate(`{ globalThis.workers = 0; document.querySelector('#scan').click() }`)
      expect(await until(`document.querySelector('#scan').hidden`)).toBe('')
      const cores = await firefox.evaluate('navigator.hardwareConcurrency')
      expect(await firefox.evaluate('globalThis.workers')).toBe(Math.min(Number(cores), 16))
      await firefox.evaluate(`document.querySelector('[data-format=json]').click()`)
      expect(await until('globalThis.saved !== undefined')).toBe('')
      const args = ['padded.iso', '--json', '--references', 'scan', '--no-cache']
      expect(await firefox.evaluate('globalThis.saved.text()')).toBe(isoscope(args, {}, work).stdout.toString())
    } finally {
      await firefox.close()
      rmSync(work, { recursive: true, force: true })
    }
  })
})
