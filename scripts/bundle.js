import { readFileSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const { dependencies, peerDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** What users install who want what it is for. */
const OPTIONAL = '@duckdb/node-api'

/**
 * Joins the compiled command line into a few files. Node takes half a millisecond to load a module, of which there are
 * over a hundred: that alone took as long as the report of a NixOS ISO. CommonJS starts several milliseconds sooner than
 * ECMAScript modules do. The library is left as tsc compiled it.
 * @param {string} folder what tsc wrote; the bundle becomes its folder `cli`
 */
export async function bundle(folder) {
  const made = await rolldown({
    input: {
      start: join(folder, 'src/cli/start.js'),
      main: join(folder, 'src/cli/main.js'),
      worker: join(folder, 'src/scan/worker.js'),
      'image-process': join(folder, 'src/cli/many/image-process.js'),
      'http-thread': join(folder, 'src/platform/node/http-thread.js'),
    },
    platform: 'node',
    external: [
      ...Object.keys({ ...dependencies, ...peerDependencies, [OPTIONAL]: '' }),
      ...builtinModules.map((name) => `node:${name}`),
    ],
  })
  const dir = join(folder, 'cli')
  const { output } = await made.write({
    dir,
    format: 'cjs',
    // A script that comes with compiled code can require, and not import.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
  })
  await made.close()
  for (const chunk of output) if ('code' in chunk) writeFileSync(join(dir, chunk.fileName), ascii(chunk.code))
}

/**
 * V8 keeps a text in half the memory if it has no character outside Latin-1, and Node reads ASCII sooner. Only strings
 * and comments have characters outside ASCII.
 * @param {string} code
 */
function ascii(code) {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
