import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import zlib, { deflateSync, gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { collect } from './corpus.js'
import { decoders, moduleUrl, peers } from './decoders.js'
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
    blocks: (/** @type {Decoder} */ { codec }, /** @type {Kind | 'once'} */ kind, /** @type {number} */ size) =>
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

/** Makes the contents and their blocks, with the C program where it can be made. @param {ReturnType<typeof workspace>} files @param {Decoder[]} wanted @param {boolean} isNative */
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

/** @param {ReturnType<typeof workspace>} files @param {Decoder[]} wanted */
async function packNatively(files, wanted) {
  const jobs = wanted.flatMap((decoder) =>
    /** @type {(readonly [Kind | 'once', number])[]} */ ([...SETS, ['once', SMALL]]).map(([kind, size]) => [
      ...[files.native, 'pack', decoder.codec, String(size)],
      ...[files.content(kind), files.blocks(decoder, kind, size)],
    ]),
  )
  const worker = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await runBeside(job)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}

/** The same files as the C program writes: offset, length and packed length, then the block. @param {ReturnType<typeof workspace>} files @param {Decoder[]} wanted */
function packWithNode(files, wanted) {
  for (const decoder of wanted) {
    const encode = NODE_ENCODERS[decoder.codec]
    if (encode === undefined) throw new Error(`nothing packs ${decoder.codec}`)
    for (const [kind, size] of SETS) {
      const content = readFileSync(files.content(kind))
      const parts = []
      for (let offset = 0; offset + size <= content.length; offset += size) {
        const block = encode(content.subarray(offset, offset + size))
        const header = Buffer.alloc(12)
        for (const [index, value] of [offset, size, block.length].entries()) header.writeUInt32LE(value, index * 4)
        parts.push(header, block)
      }
      writeFileSync(files.blocks(decoder, kind, size), Buffer.concat(parts))
    }
  }
}

/** Our speed to another's, in processes that take turns. @param {ReturnType<typeof workspace>} files @param {Decoder} decoder @param {Kind} kind @param {number} size @param {readonly string[]} other what serves the other decoder */
async function speed(files, decoder, kind, size, other) {
  const blocks = files.blocks(decoder, kind, size)
  const ours = serve([process.execPath, OWN, 'serve', decoder.codec, blocks, files.content(kind)])
  const theirs = serve([...other, blocks, files.content(kind)])
  const passes = Math.ceil(ROUND_NANOSECONDS / Math.max(1, await theirs.ask(1)))
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) await ours.ask(passes)
  /** @type {number[]} */
  const ratios = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const native = await theirs.ask(passes)
    ratios.push(native / (await ours.ask(passes)))
  }
  ours.end()
  theirs.end()
  return median(ratios)
}

/**
 * The same for processes that decode 20 MB and end: for the whole process, and for its decoding alone.
 * @param {ReturnType<typeof workspace>} files
 * @param {Decoder} decoder
 */
function wholeProcess(files, decoder) {
  const blocks = files.blocks(decoder, 'once', SMALL)
  const timed = (/** @type {string[]} */ ...command) => {
    const start = performance.now()
    const decoding = Number(run([...command, 'once', decoder.codec, blocks]))
    return { whole: performance.now() - start, decoding }
  }
  /** @type {number[]} */
  const whole = []
  /** @type {number[]} */
  const decoding = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const theirs = timed(files.native)
    const ours = timed(process.execPath, OWN)
    whole.push(theirs.whole / ours.whole)
    decoding.push(theirs.decoding / ours.decoding)
  }
  return { whole: median(whole), decoding: median(decoding) }
}

/** The size in bytes of the decoder with all its imports, minified. @param {Decoder} decoder */
async function codeSize(decoder) {
  const entry = `${decoder.name}-entry`
  const bundle = await rolldown({
    input: entry,
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) =>
          id === entry ? `export { ${decoder.name} } from ${JSON.stringify(fileURLToPath(moduleUrl(decoder)))}` : null,
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const code = output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('')
  return { raw: Buffer.byteLength(code), gzipped: gzipSync(code, { level: 9 }).length }
}

/**
 * @param {ReturnType<typeof workspace>} files
 * @param {Decoder} decoder
 * @returns {{ arrays: number, heap: { name: string, bytes: number }[] }}
 */
function allocation(files, decoder) {
  const blocks = files.blocks(decoder, 'once', SMALL)
  return JSON.parse(run([process.execPath, OWN, 'allocate', decoder.codec, blocks, String(ALLOCATION_BLOCKS)]))
}

/** @param {number} ratio */
const ratioText = (ratio) => ratio.toFixed(2).padStart(8)

const HEADING =
  '                          ELF files            text\n       against         1 MiB 128 KiB   1 MiB 128 KiB'

/** Packages of the registry, which every machine can have. @param {ReturnType<typeof workspace>} files @param {Decoder[]} wanted */
async function comparePeers(files, wanted) {
  console.log(
    `\nSpeed, that of a package in JavaScript being 1: CPU time, medians of ${ROUNDS} rounds in turn\n${HEADING}`,
  )
  for (const { codec, name } of peers) {
    const decoder = wanted.find((candidate) => candidate.codec === codec)
    if (decoder === undefined) continue
    const cells = []
    for (const [kind, size] of SETS) {
      const other = [process.execPath, OWN, 'serve', `${codec}:${name}`]
      cells.push(ratioText(await speed(files, decoder, kind, size, other)))
    }
    console.log(`${codec.padEnd(6)} ${name.padEnd(13)}${cells.join('')}`)
  }
}

/**
 * npm run bench codecs [NAME ...]: our decoders against the C libraries, one thread each, the same blocks in turn.
 * @param {readonly string[]} names all when there are none
 */
export async function benchCodecs(names) {
  const unknown = names.filter((name) => !decoders.some(({ codec }) => codec === name))
  if (unknown.length > 0) {
    console.error(`no codec ${unknown.join(', ')}; there are ${decoders.map(({ codec }) => codec).join(', ')}`)
    process.exitCode = 2
    return
  }
  const chosen = decoders.filter(({ codec }) => names.length === 0 || names.includes(codec))
  const isNative = hasCompiler()
  const wanted = chosen.filter(({ codec }) => isNative || NODE_ENCODERS[codec] !== undefined)
  const missing = wanted.filter((decoder) => !existsSync(moduleUrl(decoder)))
  if (missing.length > 0)
    throw new Error(`not built: ${missing.map(({ module }) => module).join(', ')}; run npm run build`)
  const folder = mkdtempSync(join(tmpdir(), 'isoscope-codecs-'))
  try {
    const files = workspace(folder)
    const sizes = await prepare(files, wanted, isNative)
    console.log(`node ${process.version}; ELF files of ${sizes.elf} bytes, text of ${sizes.text} bytes`)
    await comparePeers(files, wanted)
    if (!isNative) {
      console.log('\nThere is no cc: the C libraries are not compared with, and nothing else is measured')
      return
    }
    console.log(`\nSpeed, the C library's being 1: CPU time, medians of ${ROUNDS} rounds in turn`)
    console.log(`${HEADING}    goal`)
    for (const decoder of wanted) {
      const cells = []
      for (const [kind, size] of SETS) {
        const other = [files.native, 'serve', decoder.codec]
        cells.push(ratioText(await speed(files, decoder, kind, size, other)))
      }
      const goal = decoder.goal === undefined ? '' : ratioText(decoder.goal)
      console.log(
        `${decoder.codec.padEnd(6)} ${run([files.native, 'version', decoder.codec]).padEnd(13)}${cells.join('')}${goal}`,
      )
    }
    console.log(`\nThe same of a new process, which decodes ${PROCESS_SIZE} bytes in 128 KiB blocks: all of it,`)
    console.log('and from its first block to its last; wall time\n              all     blocks')
    for (const decoder of wanted) {
      const { whole, decoding } = wholeProcess(files, decoder)
      console.log(`${decoder.codec.padEnd(9)}${ratioText(whole)}   ${ratioText(decoding)}`)
    }
    console.log('\nCode in bytes, with all that it imports, minified\n           raw  gzipped')
    for (const decoder of wanted) {
      const { raw, gzipped } = await codeSize(decoder)
      console.log(`${decoder.codec.padEnd(6)}${String(raw).padStart(8)} ${String(gzipped).padStart(8)}`)
    }
    console.log(
      `\nBytes allocated for a block of 128 KiB, of ${ALLOCATION_BLOCKS}\n        arrays    heap  most of it by`,
    )
    for (const decoder of wanted) {
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
  } finally {
    rmSync(folder, { recursive: true })
  }
}
