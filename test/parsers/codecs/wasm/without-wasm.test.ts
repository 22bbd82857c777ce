import { execFileSync } from 'node:child_process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { plainDecoders } from '../../../../parsers/codecs/decoders.ts'

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url))
const DECODERS = pathToFileURL(`${ROOT}dist/parsers/codecs/decoders.js`).href

/** Decodes a stream of each codec as dist/ does, and says which are right and whether there is WebAssembly. */
const program = `
import { readFileSync } from 'node:fs'
import { portableBlockDecompressor, portableDecoders } from ${JSON.stringify(DECODERS)}
const fixtures = ${JSON.stringify(`${ROOT}fixtures/codecs/`)}
const content = readFileSync(fixtures + 'contents/text')
const seeds = { zlib: 'default', lzma: '0', lzo: '9', xz: 'crc64', lz4: '9', zstd: '19' }
const decompressor = portableBlockDecompressor()
const right = []
for (const [codec, variant] of Object.entries(seeds)) {
  const stream = Uint8Array.from(readFileSync(fixtures + 'seeds/' + codec + '/text.' + variant))
  const output = new Uint8Array(content.length)
  const length = portableDecoders[codec](stream, output)
  const input = decompressor.input(codec, stream.length, content.length)
  input.set(stream)
  const block = Buffer.from(decompressor.decompress(codec, input, content.length))
  let refusal = 'none'
  try { decompressor.decompress(codec, stream.subarray(0, 20), content.length) } catch (error) { refusal = error.name }
  if (length === content.length && content.equals(output) && content.equals(block)) right.push(codec + ' ' + refusal)
}
console.log(JSON.stringify({ webAssembly: typeof WebAssembly, right }))
`

describe('the decoders of dist/', () => {
  const decoded = (...options: string[]): { webAssembly: string; right: string[] } =>
    JSON.parse(
      execFileSync(process.execPath, [...options, '--input-type=module', '-e', program], {
        encoding: 'utf8',
        // Node warns of --jitless.
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    )
  const all = Object.keys(plainDecoders).map((codec) => expect.stringMatching(`^${codec} (FormatError|none)$`))
  const inWasm = decoded()

  it('decode every codec in WebAssembly', () => {
    expect(inWasm.webAssembly).toBe('object')
    expect(inWasm.right).toEqual(all)
  })

  it('decode every codec where WebAssembly is not allowed', () => {
    const { webAssembly, right } = decoded('--jitless')
    expect(webAssembly).toBe('undefined')
    expect(right).toEqual(inWasm.right)
  })

  it('decode every codec where a program deleted WebAssembly', () => {
    const { webAssembly, right } = decoded('--import', 'data:text/javascript,delete globalThis.WebAssembly')
    expect(webAssembly).toBe('undefined')
    expect(right).toEqual(inWasm.right)
  })
})
