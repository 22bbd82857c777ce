import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { licences } from './page.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGE = join(ROOT, 'src/web/page')

/**
 * Builds the page that reads images in a browser: one file, for a server of files and for a browser without one. Run it
 * after the build, whose compiled decoders and page it bundles.
 * @param {string} folder where to write index.html
 */
export async function buildWeb(folder) {
  const [script, worker, thread] = await Promise.all(
    ['src/web/page/main.ts', 'src/web/worker/main.ts', 'src/scan/worker.ts'].map((module) =>
      bundled(join(ROOT, module)),
    ),
  )
  const code = licences() + script
  const style = ['src/present/html/page/page.css', 'src/web/page/start.css']
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('')
  // An HTML parser ends these elements at their closing tag, wherever that stands.
  if (/<\/script|<!--/i.test(code) || /<\/style/i.test(style)) throw new Error('the page would end its own elements')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(code, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="isoscope ${version}">
<meta name="referrer" content="no-referrer">
<title>isoscope: what every byte of an image is for</title>
<style>${style}</style>
</head>
<body>
${readFileSync(join(PAGE, 'body.html'), 'utf8')}<script type="text/plain" id="worker">${packed(worker)}</script>
<script type="text/plain" id="thread">${packed(thread)}</script>
<script>${code}</script>
</body>
</html>
`
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'index.html'), page)
}

/**
 * What the page may load and run: its own script, style and workers, and the decoders in WebAssembly. No network.
 * @param {string} code @param {string} style
 */
function policyOf(code, style) {
  return [
    "default-src 'none'",
    `script-src 'sha256-${sha256(code)}' 'wasm-unsafe-eval'`,
    'worker-src blob:',
    `style-src 'sha256-${sha256(style)}'`,
    "connect-src 'none'",
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
  return /\/(page|worker)\/main\.ts$|\/scan\/worker\.ts$/.test(id)
}

/** Text in an element of a page. Nothing in it can end that element. @param {string} text */
function packed(text) {
  return gzipSync(text, { level: 9 }).toString('base64')
}

/** As a Content Security Policy has it. @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('base64')
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) await buildWeb(join(ROOT, 'dist/web'))
