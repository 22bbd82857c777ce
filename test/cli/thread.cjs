// The thread of run.ts: runs the built command line on what it is sent, and sends back what it printed.
const fs = require('node:fs')
const { parentPort } = require('node:worker_threads')
const { main } = require('../../dist/cli/main.cjs')

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

/** @param {string[]} args */
async function run(args) {
  try {
    return await main(args)
  } catch (error) {
    if (error instanceof Exit) return error.code
    // As bin/isoscope.js has it; the tests look for these words.
    process.stderr.write(`isoscope: internal error: ${error.stack}\n`)
    return 2
  }
}
