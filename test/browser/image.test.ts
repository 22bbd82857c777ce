import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { scriptOf, startChromium } from '../../bench/pages.js'
import { IMAGES, isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'

/** What a worker does: it opens a file, and writes the report of it as the command line does. */
const WORKER = `
addEventListener('message', async ({ data: { file, references } }) => {
  const { report, reportJson, takeInventory, workerThread } = isoscope
  let [threads, answers] = [0, 0]
  const startThread = () => {
    const thread = workerThread(new Worker('/thread.js', { type: 'module' }))
    threads += 1
    thread.onMessage(() => { answers += 1 })
    return thread
  }
  try {
    const inventory = await takeInventory(file, { references, inside: true, equal: true, startThread })
    const json = [...reportJson(report(inventory), inventory)].join('')
    postMessage({ json, threads, answers })
  } catch (error) {
    postMessage({ json: '', threads, answers, error: error.message })
  }
})
`

interface Answer {
  readonly json: string
  readonly threads: number
  readonly answers: number
  readonly error?: string
}

describeWith(['chromium'], 'an image in Chromium', () => {
  let folder = ''
  let server: Server
  let browser: Browser
  let page: Page
  const requests: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isoscope-browser-'))
    const scripts: Readonly<Record<string, string>> = {
      '/worker.js': `${await scriptOf('src/browser.ts')}\n${WORKER}`,
      '/thread.js': await scriptOf('src/scan/worker.ts'),
    }
    server = createServer(({ url = '' }, response) => {
      response.setHeader('Content-Type', url in scripts ? 'text/javascript' : 'text/html')
      response.end(scripts[url] ?? '<!doctype html><title>isoscope</title><input type="file">')
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    browser = await startChromium()
    page = await browser.newPage()
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  })
  afterAll(async () => {
    await browser?.close()
    server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** The answer of a worker about a file that the user chose. */
  const answerFor = async (path: string, references: string): Promise<Answer> => {
    await page.setInputFiles('input', path)
    return page.evaluate(
      `new Promise((resolve, reject) => {
        const worker = new Worker('/worker.js', { type: 'module' })
        worker.onmessage = ({ data }) => { worker.terminate(); resolve(data) }
        worker.onerror = ({ message }) => reject(new Error(message))
        worker.postMessage({ file: document.querySelector('input').files[0], references: '${references}' })
      })`,
    )
  }

  it.each([
    ['mini.iso', 'auto'],
    ['mini.iso', 'scan'],
    ['mini-slim.iso', 'auto'],
    ['xz.squashfs', 'none'],
  ])('has the report of the command line: %s, references %s', async (name, references) => {
    const { json, error } = await answerFor(join(IMAGES, name), references)
    const args = references === 'auto' ? [] : ['--references', references]
    const { code, stdout } = isoscope([name, '--json', '--no-cache', ...args])
    expect({ error, code }).toEqual({ error: undefined, code: 0 })
    expect(json.length).toBeGreaterThan(1000)
    expect(json).toBe(stdout.toString())
  })

  it('is scanned by as many threads as there are cores', async () => {
    // Threads are not worth it for less.
    const path = join(folder, 'padded.iso')
    writeFileSync(path, readFileSync(join(IMAGES, 'mini.iso')))
    truncateSync(path, 64 << 20)
    const { json, threads, answers, error } = await answerFor(path, 'scan')
    const cores = await page.evaluate<number>('navigator.hardwareConcurrency')
    expect(error).toBeUndefined()
    expect(threads).toBe(Math.min(cores, 16) - 1)
    expect(answers > 0).toBe(threads > 0)
    const { stdout } = isoscope(['padded.iso', '--json', '--no-cache', '--references', 'scan'], {}, folder)
    expect(json).toBe(stdout.toString())
  })

  it('is read without a request', () => {
    const paths = [...new Set(requests.map((request) => new URL(request).pathname))].sort()
    expect(paths.filter((path) => !['/', '/favicon.ico', '/thread.js', '/worker.js'].includes(path))).toEqual([])
  })

  it('is an error in one sentence where it is none', async () => {
    const path = join(folder, 'note.txt')
    writeFileSync(path, 'no image')
    expect((await answerFor(path, 'auto')).error).toMatch(/^note\.txt: .+/)
  })
})
