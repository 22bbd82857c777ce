import { loadCompiled } from '../platform/node/code-cache.ts'
import { thisSystem, userDirectory } from '../platform/node/user-directories.ts'

/** The file of the bundle that has `main`. */
const ENTRY = 'main.cjs'

/**
 * Loads the command line, with the code that V8 compiled of it in an earlier run: that is up to a third of a command.
 * Node's own variable for that keeps us from doing so. The command about the cache leaves the cache as it is.
 * @param folder the bundle
 * @param require loads what is not part of the bundle
 */
export function load(folder: string, require: NodeJS.Require, argv: readonly string[]): typeof import('./main.ts') {
  const cache = userDirectory('cache', thisSystem())
  const isWanted = cache !== undefined && !process.env['NODE_DISABLE_COMPILE_CACHE'] && !argv.includes('cache')
  const loaded = isWanted ? loadCompiled(folder, ENTRY, require, cache) : require(`${folder}/${ENTRY}`)
  return loaded as typeof import('./main.ts')
}
