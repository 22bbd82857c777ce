import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// node code-cache.js DIRECTORY: keeps what V8 compiles while the main commands run on a small image, for bin/load.js.
// DIRECTORY has the bundle. Stdout is not of interest.
const { loader } = createRequire(import.meta.url)('../bin/load.js')
const { cache, load, loaded } = loader(process.argv[2])
const image = fileURLToPath(new URL('../fixtures/images/mini.iso', import.meta.url))
const { main } = load('main.cjs')
// The cache starts empty, so that the first runs compute everything; later runs read it.
const known = mkdtempSync(join(tmpdir(), 'isoscope-build-'))
process.env['XDG_CACHE_HOME'] = known
try {
  for (const command of [
    ['report', '--json'],
    ['report'],
    ['ls', '-R'],
    ['cat'],
    ['why'],
    ['why-depends', '--precise'],
  ]) {
    const further = { cat: '/version.txt', why: 'boost', 'why-depends': 'boost' }[command[0]]
    await main([...command, image, ...(further === undefined ? [] : [further])])
  }
} finally {
  rmSync(known, { recursive: true })
}
mkdirSync(cache, { recursive: true })
for (const { script, digest } of loaded.values()) writeFileSync(join(cache, digest), script.createCachedData())
