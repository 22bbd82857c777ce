import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

// Joins the compiled command line into a few files. Node takes half a millisecond to load a module, of which there are
// over a hundred: that alone took as long as the report of a NixOS ISO. CommonJS starts several milliseconds sooner than
// ECMAScript modules do. The library is left as tsc compiled it.
const bundle = await rolldown({
  input: { main: 'dist/src/cli/main.js', worker: 'dist/src/scan/worker.js' },
  platform: 'node',
  external: [...Object.keys(dependencies), ...builtinModules.map((name) => `node:${name}`)],
})
await bundle.write({
  dir: 'dist/cli',
  format: 'cjs',
  cleanDir: true,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
})
await bundle.close()

const codeCache = fileURLToPath(new URL('code-cache.js', import.meta.url))
const { status } = spawnSync(process.execPath, [codeCache], { stdio: ['ignore', 'ignore', 'inherit'] })
process.exitCode = status ?? 1
