// Our decoders and others in JavaScript, for bench/codecs.js: what native.c does with the C libraries, word for word, in
// a process of its own. A decoder is named CODEC:NAME, as in decoders.js; CODEC alone is the first of that codec.
//
//   node own.js serve DECODER BLOCKS CONTENT    for each line of stdin, a number of passes, prints CPU nanoseconds
//   node own.js once DECODER BLOCKS             decodes all blocks, prints how long that took in nanoseconds
//   node own.js ready DECODER BLOCKS            prints the nanoseconds that the first block takes, with what it waits for
//   node own.js allocate DECODER BLOCKS COUNT   decodes COUNT blocks, prints as JSON what they allocate
import { readFileSync } from 'node:fs'
import { decoders } from './decoders.js'

/** Bytes between two samples of the heap: few enough to see what every block allocates. */
const SAMPLING_INTERVAL = 64
/** Blocks that we decode before allocations count, while decoders build tables and V8 compiles code. */
const WARM_UP_BLOCKS = 400

const [verb, wanted = '', blocksPath = '', last = ''] = process.argv.slice(2)
const decoder = decoders.find(({ codec, name }) => wanted === codec || wanted === `${codec}:${name}`)
if (decoder === undefined) throw new Error(`no decoder ${wanted}`)

/** @type {{ input: Uint8Array, offset: number, length: number }[]} */
const blocks = []
const packed = readFileSync(blocksPath)
for (let position = 0; position < packed.length; ) {
  const start = position + 12
  position = start + packed.readUInt32LE(start - 4)
  const input = new Uint8Array(packed.buffer, packed.byteOffset + start, position - start)
  blocks.push({ input, offset: packed.readUInt32LE(start - 12), length: packed.readUInt32LE(start - 8) })
}

/** Bytes of typed arrays that were made. They lie outside the heap, where the sampling does not see them. */
let arrayBytes = 0
if (verb === 'allocate') countArrays()
const decompress = await decoder.load()

function unpackAll() {
  for (const { input, length } of blocks) {
    if (decompress(input, length).length !== length) throw new Error('a block does not decompress')
  }
}

/** @param {Buffer} content */
function compareAll(content) {
  for (const { input, offset, length } of blocks) {
    if (Buffer.compare(decompress(input, length), content.subarray(offset, offset + length)) !== 0) {
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

function ready() {
  const start = process.hrtime.bigint()
  const [first] = blocks
  if (first !== undefined) decompress(first.input, first.length)
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
    for (let turn = 0; turn < turns; turn += 1) {
      const { input, length } = /** @type {any} */ (blocks[turn % blocks.length])
      decompress(input, length)
    }
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
else if (verb === 'ready') ready()
else await allocate()
