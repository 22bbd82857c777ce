// The thread of run.ts: runs the built command line on what it is sent, and sends back what it printed.
const fs = require('node:fs')
const { createRequire, Module } = require('node:module')
const { parentPort } = require('node:worker_threads')
const { dirname } = require('node:path')
const { Script } = require('node:vm')

const BUNDLE = require.resolve('../../dist/cli/main.cjs')
/** The compiled files of the bundle. Compiling them for each run takes as long as all else. @type {Map<string, Script>} */
const scripts = new Map()

/** Loads a file of the bundle: its code is compiled once, and runs anew each time. */
require.extensions['.cjs'] = (module, filename) => {
  let script = scripts.get(filename)
  if (script === undefined) {
    script = new Script(Module.wrap(fs.readFileSync(filename, 'utf8')), { filename })
    scripts.set(filename, script)
  }
  const run = script.runInThisContext()
  run.call(module.exports, module.exports, createRequire(filename), module, filename, dirname(filename))
}

/** Thrown in place of ending the process. */
class Exit extends Error {
  /** @param {number} code */
  constructor(code) {
    super(`exit ${code}`)
    this.code = code
  }
}

/** What is printed, by file descriptor. @type {Record<number, Buffer[]>} */
let printed = { 1: [], 2: [] }

const { writeSync } = fs
// The bundle looks the function up at each call.
fs.writeSync = (fd, bytes, ...more) => {
  if (fd !== 1 && fd !== 2) return writeSync(fd, bytes, ...more)
  const [start = 0, length = bytes.length - start] = more
  const piece = typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes.subarray(start, start + length))
  printed[fd].push(piece)
  return piece.length
}
for (const [fd, stream] of [
  [1, process.stdout],
  [2, process.stderr],
]) {
  stream.write = (bytes) => {
    printed[fd].push(Buffer.from(bytes))
    return true
  }
}
process.exit = (code) => {
  throw new Exit(code ?? process.exitCode ?? 0)
}

parentPort.on('message', async ({ args, env, bin, port, signal, terminal }) => {
  printed = { 1: [], 2: [] }
  Object.assign(process.stdout, terminal ?? { isTTY: false, columns: undefined, rows: undefined })
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, env)
  process.argv = [process.execPath, bin, ...args]
  const code = await run(args)
  process.stdout.removeAllListeners('error')
  port.postMessage({ code, stdout: Buffer.concat(printed[1]), stderr: Buffer.concat(printed[2]).toString() })
  port.close()
  Atomics.store(signal, 0, 1)
  Atomics.notify(signal, 0)
})

/** Runs it with modules of its own, so that nothing is left of an earlier run. @param {string[]} args */
async function run(args) {
  try {
    for (const file of Object.keys(require.cache)) if (dirname(file) === dirname(BUNDLE)) delete require.cache[file]
    return await require(BUNDLE).main(args)
  } catch (error) {
    if (error instanceof Exit) return error.code
    // As bin/isoscope.js has it; the tests look for these words.
    process.stderr.write(`isoscope: internal error: ${error.stack}\n`)
    return 2
  }
}
