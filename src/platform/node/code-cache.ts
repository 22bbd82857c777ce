import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'
import { isWritable, readCached, writeCached } from './cache-files.ts'

/** V8 takes code from memory that begins at a multiple of a pointer, and copies any other first. In bytes. */
const ALIGNMENT = 8

/** A run that is longer keeps nothing, because V8 drops code that has not run lately. In milliseconds. */
const LONG = 4000

/** Names of files in a bundle. */
const NAME = /^[\w-]+\.cjs$/

/** What a CommonJS file is called with. */
type Wrapper = (
  exports: object,
  require: (id: string) => unknown,
  module: { exports: object },
  ...paths: string[]
) => void

/**
 * Loads CommonJS files of one folder together with the code that V8 compiled of them in an earlier run. At the end of the
 * process the code is kept, if a file was loaded without. Checksums are Node's: our own code for them would run uncompiled.
 * @param folder the files, which require each other by "./name", and import nothing: code that is kept cannot
 * @param entry the name of the first; it changes with each of the others
 * @param require loads what is not in the folder
 * @param cache the directory of the cache
 * @returns what the first file exports
 */
export function loadCompiled(folder: string, entry: string, require: NodeJS.Require, cache: string): unknown {
  const texts = new Map([[entry, textOf(folder, entry)]])
  // V8 takes code only with the flags that it was compiled with.
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  const build = crc32(flags, crc32(texts.get(entry)!))
    .toString(16)
    .padStart(8, '0')
  const name = `${build}-${process.version}-${process.arch}.code`
  const known = knownCode(cache, name)
  const scripts = new Map<string, Script>()
  /** The code that V8 took. */
  const taken = new Map<string, Uint8Array>()
  const modules = new Map<string, { exports: object }>()
  let isNew = false

  const load = (file: string): unknown => {
    const loaded = modules.get(file)
    if (loaded !== undefined) return loaded.exports
    const path = join(folder, file)
    const cachedData = known.get(file)
    const script = new Script(wrapped(texts.get(file) ?? textOf(folder, file)), {
      filename: path,
      columnOffset: -WRAPPER.length,
      ...(cachedData && { cachedData }),
    })
    if (cachedData === undefined || script.cachedDataRejected === true) isNew = true
    else taken.set(file, cachedData)
    scripts.set(file, script)
    const module = { exports: {} }
    modules.set(file, module)
    const wrapper = script.runInThisContext() as Wrapper
    wrapper(module.exports, (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id)), module, path, folder)
    return module.exports
  }

  process.once('exit', () => {
    if (!isNew || performance.now() > LONG || !isWritable(cache)) return
    try {
      for (const [file, script] of scripts) {
        const code = script.createCachedData()
        // Other commands call other functions. V8 may have dropped those that this one did not call.
        if (code.length > (taken.get(file)?.length ?? 0)) known.set(file, code)
      }
      writeCached(cache, name, packed(known))
    } catch {
      // There is no memory for it. The answer was given.
    }
  })
  return load(entry)
}

const WRAPPER = '(function (exports, require, module, __filename, __dirname) { '

function wrapped(text: string): string {
  return `${WRAPPER}${text}\n})`
}

/** The bundle is ASCII. */
function textOf(folder: string, file: string): string {
  return readFileSync(join(folder, file), 'latin1')
}

/** A file of the code cache begins with a line of JSON, which spaces fill up to the alignment. */
interface Contents {
  /** Names of files, bytes of their code, and the CRC-32 of it, in the order of the code. */
  readonly files: readonly (readonly [name: string, length: number, checksum: number])[]
}

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT

function packed(codes: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const contents: Contents = { files: Array.from(codes, ([name, code]) => [name, code.length, crc32(code)]) }
  const json = JSON.stringify(contents)
  const start = padded(json.length + 1)
  const bytes = new Uint8Array(Array.from(codes.values()).reduce((sum, { length }) => sum + padded(length), start))
  Buffer.from(bytes.buffer).write(`${json.padEnd(start - 1)}\n`, 'latin1')
  let position = start
  for (const code of codes.values()) {
    bytes.set(code, position)
    position += padded(code.length)
  }
  return bytes
}

/** The code of each file that is kept whole. V8 itself finds out whether it is of another version. */
function knownCode(cache: string, name: string): Map<string, Uint8Array> {
  const known = new Map<string, Uint8Array>()
  try {
    const bytes = readCached(cache, name)
    if (bytes === undefined) return known
    const start = bytes.indexOf(0x0a) + 1
    const { files } = JSON.parse(Buffer.from(bytes.subarray(0, start)).toString('latin1')) as Contents
    let position = start
    for (const [file, length, checksum] of files) {
      const code = bytes.subarray(position, position + length)
      if (NAME.test(file) && crc32(code) === checksum) known.set(file, code)
      position += padded(length)
    }
  } catch {
    // No code is kept, or something else is in its place.
  }
  return known
}
