// npm run bench browser [IMAGE ...]: our decoders in Chromium beside Node, on blocks of 1 MiB of this machine's ELF files,
// and the page that reads images beside the command line, on images or else on a store of such files.
import { spawnSync } from 'node:child_process'
import { deflateSync } from 'node:zlib'
import { collect } from './corpus.js'
import { ROUNDS } from './measure.js'
import { benchPages } from './page.js'
import { scriptOf, startPages } from './pages.js'

const SIZE = 8 << 20
const BLOCK = 1 << 20

/** What packs a block of each codec. @type {Record<string, (block: Uint8Array) => Uint8Array>} */
const PACKERS = {
  zstd: (block) => piped(['zstd', '-q', '-c', '-19'], block),
  xz: (block) => piped(['xz', '-c', '-6', '--check=crc32'], block),
  zlib: (block) => deflateSync(block, { level: 9 }),
}

/** @param {string[]} command @param {Uint8Array} input @returns {Uint8Array} */
function piped([program = '', ...args], input) {
  const { status, stdout, error } = spawnSync(program, args, { input, maxBuffer: 1 << 26 })
  if (error || status !== 0) throw new Error(`${program}: ${error?.message ?? status}`)
  return stdout
}

/**
 * Decodes all blocks a few times, and gives the shortest time in milliseconds. It runs here and in the page, where it
 * knows nothing but its argument.
 * @param {{ codec: string, blocks: readonly string[], limit: number, rounds: number }} work
 */
function fastest({ codec, blocks, limit, rounds }) {
  const { portableBlockDecompressor } = /** @type {any} */ (globalThis).isoscope
  const { input, decompress } = portableBlockDecompressor()
  const stored = blocks.map((text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    for (const bytes of stored) {
      const memory = input(codec, bytes.length, limit)
      memory.set(bytes)
      if (decompress(codec, memory, limit).length !== limit) throw new Error('a block does not decompress')
    }
    best = Math.min(best, performance.now() - start)
  }
  return best
}

/** @param {readonly string[]} images */
export async function benchBrowser(images) {
  await benchDecoders()
  await benchPages(images)
}

async function benchDecoders() {
  const content = collect(SIZE).elf
  const here = await import(new URL('../dist/parsers/codecs/decoders.js', import.meta.url).href)
  Object.assign(globalThis, { isoscope: here })
  const pages = await startPages()
  try {
    const page = await pages.open(await scriptOf('parsers/codecs/decoders.ts'))
    console.log(`node ${process.version} beside Chromium; MB/s, fastest of ${ROUNDS} rounds\n          Node   Chromium`)
    for (const [codec, pack] of Object.entries(PACKERS)) {
      const blocks = []
      for (let offset = 0; offset + BLOCK <= content.length; offset += BLOCK) {
        blocks.push(Buffer.from(pack(content.subarray(offset, offset + BLOCK))).toString('base64'))
      }
      const work = { codec, blocks, limit: BLOCK, rounds: ROUNDS }
      const speed = (/** @type {number} */ time) => ((blocks.length * BLOCK) / 1000 / time).toFixed(0)
      const there = speed(await page.evaluate(fastest, work))
      console.log(`  ${codec.padEnd(5)}${speed(fastest(work)).padStart(7)}${there.padStart(11)}`)
    }
  } finally {
    await pages.close()
  }
}
