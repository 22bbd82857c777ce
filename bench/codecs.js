import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import zlib, { deflateSync, gzipSync } from 'node:zlib'
import { collect } from './corpus.js'
import { codecs, decoders } from './decoders.js'
import { median } from './measure.js'

/** @typedef {import('./decoders.js').Decoder} Decoder */
/** @typedef {'elf' | 'text'} Kind */

const CORPUS_SIZE = 16 << 20
const PROCESS_SIZE = 20_000_000
const ROUNDS = 9
const WARM_UP_ROUNDS = 3
/** CPU time of a round of the C library: long enough to hide the clock's resolution and the pipe. */
const ROUND_NANOSECONDS = 80e6
const ALLOCATION_BLOCKS = 2000
/** Columns of the longest line. */
const WIDTH = 80
const SMALL = 128 << 10
const LARGE = 1 << 20
const OWN = fileURLToPath(new URL('own.js', import.meta.url))
/** @type {readonly (readonly [Kind, number])[]} */
const SETS = [
  ['elf', LARGE],
  ['elf', SMALL],
  ['text', LARGE],
  ['text', SMALL],
]

/** @param {string[]} command */
function run([program = '', ...args]) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { maxBuffer: 1 << 26 })
  if (error || status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
  return stdout.toString().trim()
}

/** Like `run`, but returns while the command runs. @param {string[]} command @returns {Promise<void>} */
function runBeside([program = '', ...args]) {
  return new Promise((done, failed) => {
    spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] })
      .on('error', failed)
      .on('exit', (status) => (status === 0 ? done() : failed(new Error(`${program} ${args.join(' ')}`))))
  })
}

/** A process that answers every line with a number. @param {string[]} command */
function serve([program = '', ...args]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    /** @param {number} passes */
    async ask(passes) {
      child.stdin.write(`${passes}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error(`${program} ${args.join(' ')} ended`)
      return Number(value)
    },
    end: () => child.stdin.end(),
  }
}

/** The files of a run, and their names. @param {string} folder */
function workspace(folder) {
  const native = join(folder, 'native')
  return {
    native,
    content: (/** @type {Kind | 'once'} */ kind) => join(folder, kind),
    blocks: (/** @type {string} */ codec, /** @type {Kind | 'once'} */ kind, /** @type {number} */ size) =>
      join(folder, `${kind}-${size}.${codec}`),
  }
}

/** What Node itself packs with: there is no C compiler. @type {Record<string, ((content: Uint8Array) => Uint8Array) | undefined>} */
const NODE_ENCODERS = {
  zlib: (content) => deflateSync(content, { level: 9 }),
  // Node has it from 22.15 on.
  zstd: /** @type {any} */ (zlib).zstdCompressSync,
}

function hasCompiler() {
  return spawnSync('cc', ['--version']).status === 0
}

/** Makes the contents and their blocks, with the C program where it can be made. @param {ReturnType<typeof workspace>} files @param {readonly string[]} wanted @param {boolean} isNative */
async function prepare(files, wanted, isNative) {
  const { elf, text } = collect(CORPUS_SIZE)
  writeFileSync(files.content('elf'), elf)
  writeFileSync(files.content('text'), text)
  writeFileSync(files.content('once'), Buffer.concat([elf.subarray(0, PROCESS_SIZE / 2), text]))
  truncateSync(files.content('once'), Math.min(PROCESS_SIZE, statSync(files.content('once')).size))
  if (isNative) {
    run(['cc', '-O2', '-o', files.native, fileURLToPath(new URL('native.c', import.meta.url)), '-ldl'])
    await packNatively(files, wanted)
  } else packWithNode(files, wanted)
  return { elf: elf.length, text: text.length }
}

/** @type {readonly (readonly [Kind | 'once', number])[]} */
const ALL_SETS = [...SETS, ['once', SMALL]]

/** @param {ReturnType<typeof workspace>} files @param {readonly string[]} wanted */
async function packNatively(files, wanted) {
  const jobs = wanted.flatMap((codec) =>
    ALL_SETS.map(([kind, size]) => [
      ...[files.native, 'pack', codec, String(size)],
      ...[files.content(kind), files.blocks(codec, kind, size)],
    ]),
  )
  const worker = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await runBeside(job)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

/** The same files as the C program writes: offset, length and packed length, then the block. @param {ReturnType<typeof workspace>} files @param {readonly string[]} wanted */
function packWithNode(files, wanted) {
  for (const codec of wanted) {
    const encode = NODE_ENCODERS[codec]
    if (encode === undefined) throw new Error(`nothing packs ${codec}`)
    for (const [kind, size] of ALL_SETS) {
      const content = readFileSync(files.content(kind))
      const parts = []
      for (let offset = 0; offset + size <= content.length; offset += size) {
        const block = encode(content.subarray(offset, offset + size))
        const header = Buffer.alloc(12)
        for (const [index, value] of [offset, size, block.length].entries()) header.writeUInt32LE(value, index * 4)
        parts.push(header, block)
      }
      writeFileSync(files.blocks(codec, kind, size), Buffer.concat(parts))
    }
  }
}

/** The command of a decoder, whose next words are those of own.js and native.c. @param {Decoder} decoder */
const own = ({ codec, name }) => [process.execPath, OWN, `${codec}:${name}`]

/** @param {readonly string[]} command its last word is the name of the decoder @param {string} verb */
const asked = (command, verb) => [...command.slice(0, -1), verb, ...command.slice(-1)]

/**
 * Speed to another's, in processes that take turns.
 * @param {ReturnType<typeof workspace>} files
 * @param {string} codec
 * @param {readonly string[]} ours
 * @param {readonly string[]} other
 * @param {Kind} kind
 * @param {number} size
 */
async function speed(files, codec, ours, other, kind, size) {
  const of = [files.blocks(codec, kind, size), files.content(kind)]
  const one = serve([...asked(ours, 'serve'), ...of])
  const another = serve([...asked(other, 'serve'), ...of])
  const passes = Math.ceil(ROUND_NANOSECONDS / Math.max(1, await another.ask(1)))
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await one.ask(passes)
  /** @type {number[]} */
  const ratios = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const base = await another.ask(passes)
    ratios.push(base / (await one.ask(passes)))
  }
  one.end()
  another.end()
  return median(ratios)
}

/**
 * The same for processes that decode 20 MB and end, from the first block to the last; wall time.
 * @param {ReturnType<typeof workspace>} files
 * @param {string} codec
 * @param {readonly string[]} ours
 * @param {readonly string[]} other
 */
function freshSpeed(files, codec, ours, other) {
  const blocks = files.blocks(codec, 'once', SMALL)
  const ratios = Array.from({ length: ROUNDS }, () => {
    const base = Number(run([...asked(other, 'once'), blocks]))
    return base / Number(run([...asked(ours, 'once'), blocks]))
  })
  return median(ratios)
}

/** Milliseconds that the first block of 128 KiB takes a new process: it compiles the module. @param {ReturnType<typeof workspace>} files @param {Decoder} decoder */
function readyTime(files, decoder) {
  const blocks = files.blocks(decoder.codec, 'once', SMALL)
  return median(Array.from({ length: ROUNDS }, () => Number(run([...asked(own(decoder), 'ready'), blocks])) / 1e6))
}

/** The module of a codec: xz and lzma share one. @type {Record<string, string>} */
const MODULES = { zlib: 'inflate', xz: 'lzma' }

/** The bytes of a module. @param {string} codec @returns {Promise<Uint8Array>} */
async function moduleOf(codec) {
  const name = MODULES[codec] ?? codec
  const compiled = new URL(`../dist/parsers/codecs/wasm/compiled/${name}.js`, import.meta.url)
  return Buffer.from((await import(compiled.href))[name], 'base64')
}

/**
 * @param {ReturnType<typeof workspace>} files
 * @param {Decoder} decoder
 * @returns {{ arrays: number, heap: { name: string, bytes: number }[] }}
 */
function allocation(files, decoder) {
  const blocks = files.blocks(decoder.codec, 'once', SMALL)
  return JSON.parse(run([...asked(own(decoder), 'allocate'), blocks, String(ALLOCATION_BLOCKS)]))
}

/** @param {number} ratio */
const ratioText = (ratio) => ratio.toFixed(2).padStart(8)

/**
 * What all decoders of a codec are compared with: the C library, or a package in JavaScript.
 * @param {ReturnType<typeof workspace>} files
 * @param {string} codec
 * @param {boolean} isNative
 */
function baseOf(files, codec, isNative) {
  if (isNative) return { name: run([files.native, 'version', codec]), command: [files.native, codec] }
  const peer = codec === 'zlib' ? 'pako' : 'fzstd'
  return { name: peer, command: [process.execPath, OWN, `${codec}:${peer}`] }
}

/** @param {ReturnType<typeof workspace>} files @param {string} codec @param {boolean} isNative */
async function printSpeeds(files, codec, isNative) {
  const base = baseOf(files, codec, isNative)
  console.log(`\n${codec}, ${base.name} being 1`)
  /** @type {{ name: string, command: string[], goal?: Decoder['goal'] }[]} */
  const rows = decoders
    .filter((decoder) => decoder.codec === codec && (isNative || decoder.name !== base.name))
    .map((decoder) => ({ ...decoder, command: own(decoder) }))
  if (isNative && codec === 'zlib' && hasLibrary(files, 'libdeflate')) {
    rows.push({ name: 'libdeflate', command: [files.native, 'libdeflate'] })
  }
  for (const { name, command, goal } of rows) {
    const cells = []
    for (const [kind, size] of SETS) cells.push(ratioText(await speed(files, codec, command, base.command, kind, size)))
    cells.push(ratioText(freshSpeed(files, codec, command, base.command)))
    const isGoal = isNative && goal !== undefined
    const goals = isGoal ? `   ${goal.warm.toFixed(2)}${goal.fresh === 0 ? '' : `/${goal.fresh.toFixed(2)}`}` : ''
    console.log(`  ${name.padEnd(12)}${cells.join('')}${goals}`)
  }
}

/** @param {ReturnType<typeof workspace>} files @param {string} name */
function hasLibrary(files, name) {
  return spawnSync(files.native, ['version', name]).stderr.toString() === ''
}

/** @param {ReturnType<typeof workspace>} files @param {readonly Decoder[]} modules */
async function printSizes(files, modules) {
  console.log('\nBytes of each module in WebAssembly, and gzipped; milliseconds to the end of the first block')
  for (const decoder of modules) {
    const bytes = await moduleOf(decoder.codec)
    const gzipped = gzipSync(bytes, { level: 9 }).length
    const ready = readyTime(files, decoder).toFixed(1)
    console.log(
      `  ${decoder.codec.padEnd(6)}${String(bytes.length).padStart(8)}${String(gzipped).padStart(8)}${ready.padStart(8)}`,
    )
  }
}

/** @param {ReturnType<typeof workspace>} files @param {readonly Decoder[]} modules */
function printAllocations(files, modules) {
  console.log(
    `\nBytes allocated for a block of 128 KiB, of ${ALLOCATION_BLOCKS}\n        arrays    heap  most of it by`,
  )
  for (const decoder of modules) {
    const { arrays, heap } = allocation(files, decoder)
    const total = heap.reduce((sum, { bytes }) => sum + bytes, 0)
    let line = `${decoder.codec.padEnd(6)}${arrays.toFixed(0).padStart(8)}${total.toFixed(0).padStart(8)}  `
    for (const [index, { name, bytes }] of heap.entries()) {
      const next = `${index === 0 ? '' : ', '}${name} ${bytes.toFixed(0)}`
      if (bytes < 1 || line.length + next.length > WIDTH) break
      line += next
    }
    console.log(line)
  }
}

/**
 * npm run bench codecs [NAME ...]: decoders against the C libraries, one thread each, the same blocks in turn.
 * @param {readonly string[]} names all when there are none
 */
export async function benchCodecs(names) {
  const unknown = names.filter((name) => !codecs.includes(name))
  if (unknown.length > 0) {
    console.error(`no codec ${unknown.join(', ')}; there are ${codecs.join(', ')}`)
    process.exitCode = 2
    return
  }
  const isNative = hasCompiler()
  const wanted = codecs
    .filter((codec) => names.length === 0 || names.includes(codec))
    .filter((codec) => isNative || NODE_ENCODERS[codec] !== undefined)
  if (!existsSync(new URL('../dist/files.json', import.meta.url))) throw new Error('not built; run npm run build')
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-codecs-'))
  try {
    const files = workspace(folder)
    const sizes = await prepare(files, wanted, isNative)
    console.log(`node ${process.version}; ELF files of ${sizes.elf} bytes, text of ${sizes.text} bytes`)
    if (!isNative) console.log('There is no cc, so packages in JavaScript take the place of the C libraries')
    console.log(`Speed: CPU time, medians of ${ROUNDS} rounds in turn; in a new process, wall time of 20 MB`)
    console.log(
      '                 ELF files            text     new\n                1 MiB 128 KiB   1 MiB 128 KiB process   goal',
    )
    for (const codec of wanted) await printSpeeds(files, codec, isNative)
    const modules = decoders.filter(({ codec, name }) => name === 'WebAssembly' && wanted.includes(codec))
    await printSizes(files, modules)
    printAllocations(files, modules)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
