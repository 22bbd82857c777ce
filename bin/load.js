const { readFileSync } = require('node:fs')
const { wrap } = require('node:module')
const { basename, join } = require('node:path')
const vm = require('node:vm')

/**
 * A file of the bundle begins with `//` and a digest of 16 digits, by which its compiled code is named. V8 compares no
 * more than the length of the text, and a build may replace the files while a command runs. To search the text by a regular
 * expression makes a report take 6 % more CPU time.
 */
const DIGEST = { start: 2, end: 18 }

/**
 * What loads files of the bundled command line, from compiled code where there is some that V8 accepts: to compile it
 * takes a sixth of the time of a short command. Each loader has modules of its own.
 * @param {string} [directory] where the bundle is
 */
function loader(directory = join(__dirname, '../dist/cli')) {
  /** Compiled code of the bundle's files, made by scripts/code-cache.js with the Node it names. */
  const cache = join(directory, `code-cache-${process.version}-${process.arch}`)
  /** @type {Map<string, { module: NodeModule, script: vm.Script, digest: string | undefined }>} */
  const loaded = new Map()

  /** @param {string} name */
  function load(name) {
    const known = loaded.get(name)
    if (known !== undefined) return known.module.exports
    const filename = join(directory, name)
    const text = readFileSync(filename, 'latin1')
    const digest = text.startsWith('//') ? text.slice(DIGEST.start, DIGEST.end) : undefined
    const script = new vm.Script(wrap(text), { filename, cachedData: compiled(digest) })
    const module = { exports: {} }
    loaded.set(name, { module, script, digest })
    const requireFrom = (id) => (id.startsWith('./') ? load(basename(id)) : require(id))
    script.runInThisContext()(module.exports, requireFrom, module, filename, directory)
    return module.exports
  }

  /** @param {string | undefined} digest */
  function compiled(digest) {
    if (digest === undefined) return undefined
    try {
      return readFileSync(join(cache, digest))
    } catch {
      // There is none for this Node.
      return undefined
    }
  }

  return { cache, load, loaded }
}

module.exports = { loader }
