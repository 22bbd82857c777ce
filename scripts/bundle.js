import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

// Bundles the compiled command line into a few files. Node takes half a millisecond to load a module, and we have over
// a hundred: that alone took as long as the report of a NixOS ISO. CommonJS starts several milliseconds faster than
// ECMAScript modules. The library stays as tsc compiled it.
const bundle = await rolldown({
  input: { main: 'dist/src/cli/main.js', worker: 'dist/src/scan/worker.js' },
  platform: 'node',
  external: [...Object.keys(dependencies), ...builtinModules.map((name) => `node:${name}`)],
})
const { output } = await bundle.write({
  dir: 'dist/cli',
  format: 'cjs',
  cleanDir: true,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
})
await bundle.close()
for (const chunk of output) writeFileSync(join('dist/cli', chunk.fileName), ascii(chunk.code))

/**
 * bin/load.js reads the files as Latin-1, which V8 takes without conversion, in half the memory of a text with one
 * other character. Only strings and comments have characters outside ASCII.
 * @param {string} code
 */
function ascii(code) {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

const codeCache = fileURLToPath(new URL('code-cache.js', import.meta.url))
const { status } = spawnSync(process.execPath, [codeCache], { stdio: ['ignore', 'ignore', 'inherit'] })
process.exitCode = status ?? 1
