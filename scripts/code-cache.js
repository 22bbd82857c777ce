import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Keeps what V8 compiles while the main commands run on a small image, for bin/load.js. Stdout is not of interest.
const { CACHE, load, loaded } = createRequire(import.meta.url)('../bin/load.js')
const image = fileURLToPath(new URL('../fixtures/images/mini.iso', import.meta.url))
const { main } = load('main.cjs')
for (const command of [['report', '--json'], ['report'], ['ls', '-R'], ['cat']]) {
  await main([...command, image, ...(command[0] === 'cat' ? ['/version.txt'] : [])])
}
mkdirSync(CACHE, { recursive: true })
for (const [name, { script }] of loaded) writeFileSync(join(CACHE, name), script.createCachedData())
