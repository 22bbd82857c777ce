import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'

const { dependencies } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))

/**
 * Joins the compiled command line into a few files. Node takes half a millisecond to load a module, of which there are
 * over a hundred: on its own that took as long as the report of a NixOS ISO. The library is left as tsc compiled it.
 */
// biome-ignore lint/style/noDefaultExport: what rolldown asks for
export default {
  input: { main: 'dist/src/cli/main.js' },
  platform: 'node',
  external: [...Object.keys(dependencies), ...builtinModules.map((name) => `node:${name}`)],
  output: { dir: 'dist/cli', format: 'esm', cleanDir: true },
}
