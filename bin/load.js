const { existsSync, readFileSync } = require('node:fs')
const { wrap } = require('node:module')
const { basename, join } = require('node:path')
const vm = require('node:vm')

const DIRECTORY = join(__dirname, '../dist/cli')
/**
 * The compiled code of the bundle, made by scripts/code-cache.js with the Node version and architecture in its name.
 */
const CACHE = join(DIRECTORY, `code-cache-${process.version}-${process.arch}`)

/** @type {Map<string, { module: NodeModule, script: vm.Script }>} */
const loaded = new Map()

/**
 * Loads a file of the bundled command line, from compiled code if V8 accepts it. To compile the file takes a sixth of
 * the time of a short command.
 * @param {string} name
 */
function load(name) {
  const known = loaded.get(name)
  if (known !== undefined) return known.module.exports
  const filename = join(DIRECTORY, name)
  const cache = join(CACHE, name)
  const script = new vm.Script(wrap(readFileSync(filename, 'latin1')), {
    filename,
    cachedData: existsSync(cache) ? readFileSync(cache) : undefined,
  })
  const module = { exports: {} }
  loaded.set(name, { module, script })
  const requireFrom = (id) => (id.startsWith('./') ? load(basename(id)) : require(id))
  script.runInThisContext()(module.exports, requireFrom, module, filename, DIRECTORY)
  return module.exports
}

module.exports = { CACHE, load, loaded }
