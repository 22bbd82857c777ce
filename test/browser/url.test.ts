import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { startChromium } from '../../bench/pages.js'
import { buildWeb } from '../../scripts/web.js'
import { type Answer, endServers, give, IMAGE, runThere, serve, serveSecurely } from '../cli/image-server.ts'
import { BIN, IMAGES, isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'
import { startFirefox } from './firefox.ts'
import { expectNoViolationsIn, PATIENT, savedFrom, shownOrFailed } from './reader-page.ts'

/** Lets pages of all sites read. */
function allowing(answer: Answer): Answer {
  return (request, response, count) => {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Expose-Headers', 'Content-Range, ETag, Content-Encoding, Retry-After')
    answer(request, response, count)
  }
}

const GOOD: Answer = allowing((request, response) => give(request, response))

describeWith(['chromium'], 'the page that reads URLs', () => {
  let work = ''
  let address = ''
  let browser: Browser
  let page: Page
  const requests: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-url-'))
    await buildWeb(work)
    address = pathToFileURL(join(work, 'url.html')).href
    browser = await startChromium()
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      colorScheme: 'light',
      ignoreHTTPSErrors: true,
    })
    page = await context.newPage()
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => errors.push(error.message))
  })
  afterEach(endServers)
  afterAll(async () => {
    await browser?.close()
    rmSync(work, { recursive: true, force: true })
    expect(errors).toEqual([])
  })

  /** Opens the page anew with URLs in its address. @returns why it cannot show them; '' if it can */
  const open = async (...urls: readonly string[]): Promise<string> => {
    await page.goto('about:blank')
    await page.goto(`${address}#${urls.join('#')}`)
    return shownOrFailed(page)
  }
  const saved = (format: string): Promise<string> => savedFrom(page, format)
  /** What the command line prints of the same URLs. */
  const printed = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout } = await runThere([...args, '--no-cache'])
    expect(code).toBe(0)
    return stdout
  }

  it('begins with a field for a URL, without violations, and asks nobody', async () => {
    requests.length = 0
    await page.goto(address)
    await page.locator('#opening button').click()
    expect(await page.locator('#url:invalid').count()).toBe(1)
    await expectNoViolationsIn(page)
    expect(requests).toEqual([address])
  })

  it('has the JSON and the Markdown of the command line, and asks no other server', async () => {
    const host = await serve(GOOD)
    requests.length = 0
    expect(await open(`${host}/a/mini.iso?token=secret`)).toBe('')
    expect(await page.title()).toBe('mini.iso – isoscope')
    expect(await saved('json')).toBe(await printed(`${host}/a/mini.iso?token=secret`, '--json'))
    expect(await saved('md')).toBe(await printed(`${host}/a/mini.iso?token=secret`, '-f', 'md'))
    const outside = requests.filter((url) => !/^(?:file|blob|about):/.test(url))
    expect(outside.length).toBeGreaterThan(1)
    expect(outside.length).toBeLessThanOrEqual(12)
    expect(new Set(outside)).toEqual(new Set([`${host}/a/mini.iso?token=secret`]))
    expect(await page.locator('footer').textContent()).toMatch(/This page asked servers for \d ranges, 2\.0 MiB/)
    expect(await page.locator('body').textContent()).not.toContain('secret')
    await expectNoViolationsIn(page)
  })

  it('takes a URL that is typed, and keeps it in the address beside what the reader sees', async () => {
    const host = await serve(GOOD)
    await page.goto('about:blank')
    await page.goto(address)
    await page.fill('#url', `${host}/mini.iso`)
    await page.keyboard.press('Enter')
    expect(await shownOrFailed(page)).toBe('')
    expect(page.url()).toBe(`${address}#${host}/mini.iso`)
    await page.getByText('package', { exact: true }).click()
    expect(page.url()).toBe(`${address}#${host}/mini.iso#view=packages`)
    await page.reload()
    expect(await shownOrFailed(page)).toBe('')
    expect(await page.locator('input[type=radio]:checked + label', { hasText: 'package' }).count()).toBe(1)
    await page.fill('#other', `${host}/other.iso`)
    await page.keyboard.press('Enter')
    await expect.poll(() => page.title(), PATIENT).toBe('other.iso – isoscope')
    expect(page.url()).toBe(`${address}#${host}/other.iso`)
    await page.goBack()
    await expect.poll(() => page.title(), PATIENT).toBe('mini.iso – isoscope')
  })

  it('says what it leaves out in the words of the command line, and looks inside on demand', async () => {
    const host = await serve(GOOD)
    expect(await open(`${host}/mini.iso`)).toBe('')
    const { stderr } = await runThere([`${host}/mini.iso`, '--no-cache'])
    expect(`isoscope: ${await page.locator('#left-out').textContent()}\n`).toBe(stderr)
    await page.locator('#deep').click()
    await page.locator('#deep').waitFor({ state: 'hidden' })
    expect(await page.locator('#left-out').isVisible()).toBe(false)
    expect(await saved('json')).toBe(await printed(`${host}/mini.iso`, '--json', '--deep'))
  })

  it('says before a scan how many bytes it takes', async () => {
    const host = await serve(GOOD)
    expect(await open(`${host}/mini.iso`)).toBe('')
    expect(await page.locator('#scan').textContent()).toMatch(/^Scan contents for references: about 9\d\d\.\d KiB$/)
    await page.evaluate(`globalThis.told = []
      new MutationObserver(() => told.push(document.querySelector('#doing').textContent))
        .observe(document.querySelector('#doing'), { childList: true, characterData: true, subtree: true })`)
    await page.locator('#scan').click()
    await page.waitForSelector('#scan', { state: 'hidden' })
    const args = [`${host}/mini.iso`, '--references', 'scan', '--no-cache', '--json']
    const { stdout, stderr } = await runThere(args)
    expect(await saved('json')).toBe(stdout)
    const [, words] = /(looking for references takes .* of the server)/.exec(stderr)!
    expect(await page.evaluate('told')).toContain(words)
  })

  it('compares two images, also one with what is shown', async () => {
    const slim = readFileSync(join(IMAGES, 'mini-slim.iso'))
    const host = await serve(
      allowing((request, response) =>
        give(request, response, '"one"', request.url!.startsWith('/slim') ? slim : IMAGE),
      ),
    )
    const urls = [`${host}/slim.iso`, `${host}/mini.iso`]
    expect(await open(...urls)).toBe('')
    expect(await saved('json')).toBe(await printed('diff', ...urls, '--json'))
    expect(await page.locator('#left-out').textContent()).toMatch(
      /^left out: .*; --deep reads it, 3\d\d\.\d KiB or more$/,
    )
    await page.locator('#deep').click()
    await page.locator('#deep').waitFor({ state: 'hidden' })
    expect(await page.locator('#left-out').isVisible()).toBe(false)
    expect(await saved('json')).toBe(await printed('diff', ...urls, '--json'))
    expect(await open(urls[0]!)).toBe('')
    await page.fill('#other', urls[1]!)
    await page.locator('#comparing').click()
    await expect.poll(() => page.title(), PATIENT).toBe('slim.iso → mini.iso – isoscope')
    expect(page.url()).toBe(`${address}#${urls.join('#')}`)
    await expectNoViolationsIn(page)
    const same = [urls[1]!, urls[1]!]
    expect(await open(...same)).toBe('')
    expect(await saved('json')).toBe(await printed('diff', ...same, '--json'))
  })

  it('reads a saved report', async () => {
    const path = join(work, 'mini.json.gz')
    expect(isoscope(['mini.iso', '-o', path]).code).toBe(0)
    const report = readFileSync(path)
    const host = await serve(allowing((request, response) => give(request, response, '"one"', report)))
    expect(await open(`${host}/mini.json.gz`)).toBe('')
    expect(await saved('json')).toBe(await printed(`${host}/mini.json.gz`, '--json'))
  })

  it.each<[string, Answer, RegExp]>([
    [
      'lets no other site read it',
      (q, r) => (q.method === 'HEAD' ? r.end() : give(q, r)),
      /: the server does not let pages of other sites read it \(CORS\); it has to send "Access-Control-Allow-Origin: \*" .* or `isoscope serve URL` reads it without that$/,
    ],
    [
      'hides which range it sends',
      (q, r) => {
        r.setHeader('Access-Control-Allow-Origin', '*')
        give(q, r)
      },
      /hides .* \(CORS\); it has to send "Access-Control-Expose-Headers: Content-Range, ETag", or `isoscope serve URL`/,
    ],
    ['has no ranges', allowing((_, r) => r.end(IMAGE)), /the whole file only, and no ranges of it; download it/],
    ['has another file', allowing((_, r) => r.writeHead(404).end()), /the server answers 404 Not Found$/],
    [
      'changes it',
      allowing((q, r, n) => give(q, r, `"${n}"`)),
      /the file on the server changed while it was read; open it again$/,
    ],
    [
      'sends another range',
      allowing((_, r) => r.writeHead(206, { 'Content-Range': `bytes 1-9/${IMAGE.length}` }).end('x'.repeat(9))),
      /the server sends another range than we asked for$/,
    ],
    [
      'says a size above all numbers',
      allowing((_, r) => r.writeHead(206, { 'Content-Range': `bytes 0-8/${'9'.repeat(20)}` }).end('x'.repeat(9))),
      /the server says a size above 2\^53$/,
    ],
    ['has no image', allowing((q, r) => give(q, r, '"one"', Buffer.from('no image\n'))), /is (?:a )?text/],
  ])('says in one sentence that the server %s', async (_, answer, message) => {
    const host = await serve(answer)
    const told = await open(`${host}/mini.iso?token=secret`)
    expect(told).toMatch(message)
    expect(told).toMatch(new RegExp(`^${host}/mini.iso`))
    expect(told).not.toMatch(/secret|\n/)
    await expectNoViolationsIn(page)
  })

  it('says that a server is not there, and what is no URL for a page', async () => {
    expect(await open('http://127.0.0.1:1/a.iso')).toMatch(/: the server cannot be reached$/)
    expect(await open('http://me:secret@127.0.0.1:1/a.iso')).toMatch(/: a page takes no user name in a URL$/)
    expect(await open('https://:')).toMatch(/: it is not a URL$/)
  })

  it('takes no more of a server without ranges than its connection holds', async () => {
    let sent = 0
    const piece = Buffer.alloc(1 << 20)
    const host = await serve(
      allowing((_, response) => {
        const send = (): void => {
          while (!response.destroyed && sent < 1 << 30) {
            sent += piece.length
            if (!response.write(piece)) return void response.once('drain', send)
          }
          response.end()
        }
        send()
      }),
    )
    expect(await open(`${host}/large.iso`)).toContain('no ranges')
    expect(sent).toBeLessThan(64 << 20)
  })

  it('comes again where a server is busy, ends its answers too early, or leads elsewhere', async () => {
    const host = await serve(
      allowing((request, response, count) => {
        if (request.url === '/mini.iso') response.writeHead(302, { Location: '/moved.iso' }).end()
        else if (count === 3 || count === 5) response.writeHead(503, { 'Retry-After': '0' }).end()
        else if (count === 7) {
          const headers = { 'Content-Range': `bytes 0-262143/${IMAGE.length}`, 'Content-Length': 262_144 }
          response.writeHead(206, headers).write('x', () => response.destroy())
        } else give(request, response)
      }),
    )
    expect(await open(`${host}/mini.iso`)).toBe('')
    const { accounts } = JSON.parse(await saved('json'))
    expect(accounts).toEqual(JSON.parse(isoscope(['mini.iso', '--json']).stdout.toString()).accounts)
  })

  it('follows no redirect from https to http', async () => {
    const plain = await serve(GOOD)
    const host = await serveSecurely(allowing((_, r) => r.writeHead(302, { Location: `${plain}/mini.iso` }).end()))
    expect(await open(`${host}/mini.iso`)).toMatch(/redirects from https to http/)
    const good = await serveSecurely(GOOD)
    expect(await open(`${good}/mini.iso`)).toBe('')
  })

  it('ends at once where the user cancels while a server says nothing', async () => {
    const host = await serve(allowing((request, response, count) => (count < 3 ? give(request, response) : undefined)))
    await page.goto('about:blank')
    await page.goto(`${address}#${host}/mini.iso`)
    await page.locator('#doing', { hasText: /reading .*: \d/ }).waitFor()
    await page.locator('#cancel').click()
    await expect.poll(() => page.workers().length, PATIENT).toBe(0)
    expect(await page.locator('#work').isVisible()).toBe(false)
    expect(await page.locator('#start').isVisible()).toBe(true)
  })

  it('fits a narrow screen, without violations', async () => {
    const host = await serve(GOOD)
    await page.setViewportSize({ width: 400, height: 800 })
    const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    await page.goto(address)
    expect(await page.evaluate<number>(tooWide)).toBeLessThanOrEqual(0)
    expect(await open(`${host}/mini.iso`)).toBe('')
    expect(await page.evaluate<number>(tooWide)).toBeLessThanOrEqual(0)
    await expectNoViolationsIn(page)
    await page.setViewportSize({ width: 1280, height: 800 })
  })
})

describeWith(['chromium'], 'the page of isoscope serve', () => {
  let work = ''
  let browser: Browser
  const running: ChildProcess[] = []

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-served-'))
    copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'mini.iso'))
    // Threads are not worth it for less.
    copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'padded.iso'))
    truncateSync(join(work, 'padded.iso'), 64 << 20)
    browser = await startChromium()
  })
  afterEach(endServers)
  afterAll(async () => {
    await browser?.close()
    for (const child of running) child.kill('SIGKILL')
    rmSync(work, { recursive: true, force: true })
  })

  /** Opens what the command prints. */
  const open = async (...args: readonly string[]): Promise<{ page: Page; address: string; asked: string[] }> => {
    const env = { ...process.env, NO_PROXY: '*', XDG_CONFIG_HOME: '/dev/null' }
    const child = spawn(process.execPath, [BIN, 'serve', ...args], {
      cwd: work,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    const [address] = (await once(createInterface(child.stdout), 'line')) as [string]
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(address)
    return { page, address, asked }
  }
  const here = (...args: readonly string[]): string => isoscope([...args, '--no-cache'], {}, work).stdout.toString()

  it('has the JSON of the command line, asks its own server only, and has no violations', async () => {
    const { page, address, asked } = await open('mini.iso')
    expect(await shownOrFailed(page)).toBe('')
    expect(await savedFrom(page, 'json')).toBe(here('mini.iso', '--json'))
    expect(await savedFrom(page, 'md')).toBe(here('mini.iso', '-f', 'md'))
    await expectNoViolationsIn(page)
    const others = asked.filter((url) => !url.startsWith('blob:') && ![address, `${address}image`].includes(url))
    expect(others).toEqual([])
    const elsewhere = await serve(GOOD)
    const request = `fetch('${elsewhere}').then(() => 'sent', () => 'refused')`
    expect(await page.evaluate(request)).toBe('refused')
    expect(await page.workers()[0]!.evaluate(request)).toBe('refused')
    await page.close()
  })

  it('scans with as many workers as there are cores', async () => {
    const { page } = await open('padded.iso')
    expect(await shownOrFailed(page)).toBe('')
    let started = 0
    page.on('worker', () => (started += 1))
    await page.locator('#scan').click()
    await page.waitForSelector('#scan', { state: 'hidden' })
    expect(started).toBe(Math.min(await page.evaluate<number>('navigator.hardwareConcurrency'), 16))
    expect(await savedFrom(page, 'json')).toBe(here('padded.iso', '--json', '--references', 'scan'))
    await page.close()
  })

  it('needs no CORS for a URL, and has the JSON of the command line', async () => {
    const host = await serve((request, response) => give(request, response))
    const { page } = await open(`${host}/mini.iso?token=secret`)
    expect(await shownOrFailed(page)).toBe('')
    const { stdout } = await runThere([`${host}/mini.iso?token=secret`, '--json', '--no-cache'])
    expect(await savedFrom(page, 'json')).toBe(stdout)
    expect(await page.locator('#left-out').isVisible()).toBe(true)
    await page.close()
  })

  it('gives the page for files where no image is named', async () => {
    const { page } = await open()
    await page.setInputFiles('#files', join(work, 'mini.iso'))
    expect(await shownOrFailed(page)).toBe('')
    expect(await savedFrom(page, 'json')).toBe(here('mini.iso', '--json'))
    await page.close()
  })

  it('reads the image again after the user cancelled', async () => {
    const page = await browser.newPage()
    let isHeld = true
    await page.context().route('**/image', (route) => (isHeld ? undefined : route.continue()))
    const { address } = await open('mini.iso')
    await page.goto(address)
    await page.locator('#cancel').click()
    const button = page.getByRole('button', { name: 'Open mini.iso' })
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Open mini.iso')
    await expectNoViolationsIn(page)
    isHeld = false
    await button.click()
    expect(await shownOrFailed(page)).toBe('')
    await page.close()
  })

  it('says that the file changed', async () => {
    copyFileSync(join(IMAGES, 'mini.iso'), join(work, 'changing.iso'))
    const { page } = await open('changing.iso')
    expect(await shownOrFailed(page)).toBe('')
    let count = 0
    await page.context().route('**/image', async (route) => {
      count += 1
      if (count === 2) truncateSync(join(work, 'changing.iso'), 3 << 20)
      await route.continue()
    })
    await page.locator('#deep').click()
    await page.waitForSelector('#failed:not([hidden])')
    expect(await page.locator('#failed').textContent()).toContain('the file on the server changed while it was read')
    await page.close()
  })
})

describeWith(['firefox-esr'], 'the page that reads URLs, in Firefox', () => {
  it('has the JSON of the command line, without a question of the browser before', async () => {
    const work = mkdtempSync(join(tmpdir(), 'isoscope-url-'))
    const firefox = await startFirefox()
    const methods = new Set<string>()
    try {
      await buildWeb(work)
      const host = await serve(
        allowing((request, response) => {
          methods.add(request.method ?? '')
          give(request, response)
        }),
      )
      await firefox.open(`${pathToFileURL(join(work, 'url.html')).href}#${host}/mini.iso`)
      const json = await firefox.evaluate(`new Promise((resolve) => {
        const made = URL.createObjectURL
        URL.createObjectURL = (content) => {
          resolve(content.text())
          return made.call(URL, content)
        }
        const look = () => {
          const failed = document.querySelector('#failed')
          if (!failed.hidden) resolve(failed.textContent)
          else if (document.querySelector('canvas[data-boxes]') === null) setTimeout(look, 50)
          else document.querySelector('[data-format=json]').click()
        }
        look()
      })`)
      expect(json).toBe((await runThere([`${host}/mini.iso`, '--json', '--no-cache'])).stdout)
      expect([...methods]).toEqual(['GET'])
    } finally {
      await firefox.close()
      endServers()
      rmSync(work, { recursive: true, force: true })
    }
  })
})
