import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGE = 'src/present/html/page'
/** As texts in a module, so that the library reads no file and a bundle holds them. */
const COMPILED = 'src/present/html/compiled'

/** Bundles the code of the HTML page with what it uses of the library, unless the result stands there already. */
export async function compilePage() {
  const script = licences() + (await bundledScript())
  const style = readFileSync(join(ROOT, PAGE, 'page.css'), 'utf8')
  // An HTML parser ends these elements at their closing tag, wherever that stands.
  if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error('the page would end its own elements')
  const code = `// Made from ${PAGE}.
export const PAGE_SCRIPT: string = ${JSON.stringify(script)}
export const PAGE_SCRIPT_HASH: string = '${sha256(script)}'
export const PAGE_STYLE: string = ${JSON.stringify(style)}
export const PAGE_STYLE_HASH: string = '${sha256(style)}'
`
  const path = join(ROOT, COMPILED, 'page-code.ts')
  if (readIfThere(path) === code) return
  mkdirSync(join(ROOT, COMPILED), { recursive: true })
  writeFileSync(path, code)
}

async function bundledScript() {
  const made = await rolldown({
    input: join(ROOT, PAGE, 'main.ts'),
    platform: 'browser',
    tsconfig: join(ROOT, PAGE, 'tsconfig.json'),
    treeshake: { moduleSideEffects: false },
  })
  const { output } = await made.generate({ format: 'iife', minify: true })
  await made.close()
  return output[0].code
}

/** What the page is made of, and under which terms. */
export function licences() {
  const own = readFileSync(join(ROOT, 'LICENSE'), 'utf8').trim()
  const ofLayout = readFileSync(join(ROOT, 'node_modules/d3-hierarchy/LICENSE'), 'utf8').trim()
  const text = `isoscope\n\n${own}\n\nd3-hierarchy\n\n${ofLayout}`
  return `/*!\n${text.replaceAll('*/', '* /')}\n*/\n`
}

/** As a Content Security Policy has it. @param {string} text */
function sha256(text) {
  return createHash('sha256').update(text).digest('base64')
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
