// Pages in Chromium with a script of ours, for benchmarks and for tests.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { rolldown } from 'rolldown'

/** Chromium must not look for hosts: it needs none, and in a sandbox it finds its network closed. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update']

/** A module of ours as one script for a page, which gets what it exports as `globalThis.isoscope`. @param {string} module */
export async function scriptOf(module) {
  const entry = 'page-entry'
  const path = fileURLToPath(new URL(`../${module}`, import.meta.url))
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [
      {
        name: entry,
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `import * as all from ${JSON.stringify(path)}; globalThis.isoscope = all` : null),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false })
  await bundle.close()
  return output[0].code
}

/** Chromium on the PATH. */
function chromiumPath() {
  const places = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  const path = places.find((place) => existsSync(place))
  if (path === undefined) throw new Error('chromium is not installed')
  return path
}

/** Starts Chromium without a window. */
export function startChromium() {
  return chromium.launch({ executablePath: chromiumPath(), args: FLAGS })
}

/** Starts a browser and a server for its pages. */
export async function startPages() {
  let script = ''
  let policy = ''
  const server = createServer(({ url }, response) => {
    const isScript = url === '/script.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html')
    if (policy !== '') response.setHeader('Content-Security-Policy', policy)
    response.end(isScript ? script : '<!doctype html><script type="module" src="/script.js"></script>')
  })
  await new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(undefined)))
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  const browser = await startChromium()
  return {
    /** Opens a page. @param {string} text its script @param {string} [allowed] its Content Security Policy */
    async open(text, allowed = '') {
      script = text
      policy = allowed
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${port}/`)
      await page.waitForFunction('globalThis.isoscope !== undefined')
      return page
    },
    async close() {
      await browser.close()
      server.close()
    },
  }
}
