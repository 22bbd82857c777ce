import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { licences } from './page.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGE = join(ROOT, 'src/web/page')

/**
 * The pages that read images in a browser: one for files, which no server can be asked from, and one for URLs. `parts` begin
 * the names of what differs in their bodies.
 */
const PAGES = [
  { name: 'index.html', module: 'main.ts', parts: 'files', connect: "'none'" },
  { name: 'url.html', module: 'url.ts', parts: 'url', connect: 'https: http:' },
]

/**
 * Builds the pages, each as one file, for a server of files and for a browser without one. Run it after the build has
 * compiled the decoders and the page of reports, which they have in them.
 * @param {string} folder where to write them
 */
export async function buildWeb(folder) {
  const [worker, thread, ...scripts] = await Promise.all(
    ['src/web/worker/main.ts', 'src/scan/worker.ts', ...PAGES.map(({ module }) => `src/web/page/${module}`)].map(
      (module) => bundled(join(ROOT, module)),
    ),
  )
  const workers = `<script type="text/plain" id="worker">${packed(worker)}</script>
<script type="text/plain" id="thread">${packed(thread)}</script>`
  const style = ['src/present/html/page/page.css', 'src/web/page/start.css']
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  mkdirSync(folder, { recursive: true })
  for (const [index, { name, parts, connect }] of PAGES.entries()) {
    const code = licences() + scripts[index]
    // An HTML parser ends these elements at their closing tag, wherever that stands.
    if (/<\/script|<!--/i.test(code) || /<\/style/i.test(style)) throw new Error('the page would end its own elements')
    writeFileSync(
      join(folder, name),
      `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(code, style, connect)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="isoscope ${version}">
<meta name="referrer" content="no-referrer">
<title>isoscope: what every byte of an image is for</title>
<style>${style}</style>
</head>
<body>
${bodyOf(parts)}
${workers}
<script>${code}</script>
</body>
</html>
`,
    )
  }
}

/** What a page shows before it shows an image. @param {string} parts */
function bodyOf(parts) {
  const text = (/** @type {string} */ name) => readFileSync(join(PAGE, name), 'utf8').trimEnd()
  return text('body.html').replace(/<!-- (\w+) -->/g, (_, part) => text(`${parts}-${part}.html`))
}

/**
 * What a page may load and run: its own script, style and workers, and the decoders in WebAssembly.
 * @param {string} code @param {string} style @param {string} connect what it may ask of the network
 */
function policyOf(code, style, connect) {
  return [
    "default-src 'none'",
    `script-src 'sha256-${sha256(code)}' 'wasm-unsafe-eval'`,
    'worker-src blob:',
    `style-src 'sha256-${sha256(style)}'`,
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** A module as a script for a page or for a worker that is no module: only those start from a file. @param {string} input */
async function bundled(input) {
  const made = await rolldown({
    input,
    platform: 'browser',
    treeshake: { moduleSideEffects: isNeeded },
    // A script that is no module has no address. Only what starts threads elsewhere asks for it.
    transform: { define: { 'import.meta': '{}' } },
  })
  const { output } = await made.generate({ format: 'iife', minify: true, codeSplitting: false })
  await made.close()
  return output[0].code
}

/** Only entries do something by themselves. @param {string} id */
function isNeeded(id) {
  return /\/(page|worker)\/main\.ts$|\/page\/url\.ts$|\/scan\/worker\.ts$/.test(id)
}

/** Text in an element of a page. Nothing in it can end that element. @param {string} text */
function packed(text) {
  return gzipSync(text, { level: 9 }).toString('base64')
}

/** As a Content Security Policy has it. @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('base64')
}
