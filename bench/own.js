// Our decoders, for bench/codecs.js: what native.c does with the C libraries, word for word, in a process of its own.
// CODEC is ours, CODEC:NAME that of a package.
//
//   node own.js serve CODEC BLOCKS CONTENT    for each line of stdin, a number of passes, prints CPU nanoseconds
//   node own.js once CODEC BLOCKS             decodes all blocks, prints how long that took in nanoseconds
//   node own.js allocate CODEC BLOCKS COUNT   decodes COUNT blocks, prints as JSON what they allocate
import { readFileSync } from 'node:fs'
import { decoders, moduleUrl, peers } from './decoders.js'

/** Bytes between two samples of the heap: few enough to see what every block allocates. */
const SAMPLING_INTERVAL = 64
/** Blocks that we decode before allocations count, while decoders build tables and V8 compiles code. */
const WARM_UP_BLOCKS = 400

const [verb, codec, blocksPath = '', last = ''] = process.argv.slice(2)
const decoder = decoders.find((candidate) => candidate.codec === codec)
const peer = peers.find((candidate) => `${candidate.codec}:${candidate.name}` === codec)
/** Bytes of typed arrays that were made. They lie outside the heap, where the sampling does not see them. */
let arrayBytes = 0
if (verb === 'allocate') countArrays()
const decompress = await load()

/** @type {{ input: Uint8Array, offset: number, length: number }[]} */
const blocks = []
const packed = readFileSync(blocksPath)
for (let position = 0; position < packed.length; ) {
  const start = position + 12
  position = start + packed.readUInt32LE(start - 4)
  const input = new Uint8Array(packed.buffer, packed.byteOffset + start, position - start)
  blocks.push({ input, offset: packed.readUInt32LE(start - 12), length: packed.readUInt32LE(start - 8) })
}
/** All blocks have the same size. */
const output = new Uint8Array(blocks[0]?.length ?? 0)

/** @returns {Promise<(input: Uint8Array, output: Uint8Array) => number>} */
async function load() {
  if (peer !== undefined) return peer.load()
  if (decoder === undefined) throw new Error(`no decoder for ${codec}`)
  return (await import(moduleUrl(decoder).href))[decoder.name]
}

function unpackAll() {
  for (const { input, length } of blocks) {
    if (decompress(input, output) !== length) throw new Error('a block does not decompress')
  }
}

/** @param {Buffer} content */
function compareAll(content) {
  for (const { input, offset, length } of blocks) {
    const written = decompress(input, output)
    if (written !== length || Buffer.compare(output, content.subarray(offset, offset + length)) !== 0) {
      throw new Error('a block differs')
    }
  }
}

async function serve() {
  compareAll(readFileSync(last))
  for await (const chunk of process.stdin) {
    const passes = Number(chunk)
    const start = process.cpuUsage()
    for (let pass = 0; pass < passes; pass += 1) unpackAll()
    const { user, system } = process.cpuUsage(start)
    console.log((user + system) * 1000)
  }
}

function once() {
  const start = process.hrtime.bigint()
  unpackAll()
  console.log(String(process.hrtime.bigint() - start))
}

/** Counts every typed array that a decoder creates from now on. */
function countArrays() {
  const globals = /** @type {Record<string, any>} */ (globalThis)
  for (const name of ['ArrayBuffer', 'Uint8Array', 'Uint16Array', 'Int16Array', 'Uint32Array', 'Int32Array']) {
    globals[name] = new Proxy(globals[name], {
      construct(target, args) {
        const made = new target(...args)
        if (!(args[0] instanceof ArrayBuffer)) arrayBytes += made.byteLength
        return made
      },
    })
    // slice and map of these arrays call this constructor.
    globals[name].prototype.constructor = globals[name]
  }
}

/** Bytes per block: on the heap by the functions that allocate them, and in typed arrays. */
async function allocate() {
  const { Session } = await import('node:inspector/promises')
  const count = Number(last)
  const decode = (/** @type {number} */ turns) => {
    for (let turn = 0; turn < turns; turn += 1)
      decompress(/** @type {any} */ (blocks[turn % blocks.length]).input, output)
  }
  decode(WARM_UP_BLOCKS)
  const session = new Session()
  session.connect()
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: SAMPLING_INTERVAL,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  arrayBytes = 0
  decode(count)
  const arrays = arrayBytes / count
  const { profile } = await session.post('HeapProfiler.stopSampling')
  /** @type {Map<string, number>} */
  const bytes = new Map()
  const visit = (/** @type {import('node:inspector').HeapProfiler.SamplingHeapProfileNode} */ node) => {
    const { functionName, url } = node.callFrame
    if (/dist\/parsers/.test(url)) bytes.set(functionName, (bytes.get(functionName) ?? 0) + node.selfSize)
    for (const child of node.children) visit(child)
  }
  visit(profile.head)
  const heap = [...bytes].map(([name, size]) => ({ name, bytes: size / count })).sort((a, b) => b.bytes - a.bytes)
  console.log(JSON.stringify({ arrays, heap }))
}

if (verb === 'serve') await serve()
else if (verb === 'once') once()
else await allocate()
