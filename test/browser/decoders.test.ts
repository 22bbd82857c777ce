import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { scriptOf, startPages } from '../../bench/pages.js'
import { bytesSource } from '../../parsers/bytes/source.ts'
import type { CodecName } from '../../parsers/codecs/codec.ts'
import { plainDecoders } from '../../parsers/codecs/decoders.ts'
import { openSquashfs } from '../../parsers/index.ts'
import { describeWith } from '../oracle.ts'

interface Block {
  readonly codec: CodecName
  readonly stored: string
  readonly limit: number
  readonly content: string
}

/** The compressed blocks of an image, and what the decoders in TypeScript make of them here. */
function blocksOf(image: string): Block[] {
  const bytes = new Uint8Array(readFileSync(new URL(`../../fixtures/images/${image}`, import.meta.url)))
  const { tree, runs } = openSquashfs(bytesSource(bytes, image))
  const blocks = new Map<number, Block>()
  for (const entry of tree.entries) {
    if (entry.type !== 'file') continue
    for (const { codec, offset, storedLength, unpackedLimit: limit } of runs(entry)) {
      if (codec === 'hole' || codec === 'stored') continue
      const stored = bytes.subarray(offset, offset + storedLength)
      const output = new Uint8Array(limit)
      const content = Buffer.from(output.subarray(0, plainDecoders[codec](stored, output))).toString('base64')
      blocks.set(offset, { codec, stored: Buffer.from(stored).toString('base64'), limit, content })
    }
  }
  return [...blocks.values()]
}

/** Runs in the page: what its decoders make of blocks, in base64, and whether they are in WebAssembly. */
function decodeThere(blocks: readonly Omit<Block, 'content'>[]): { contents: string[]; isWasm: boolean } {
  const { portableDecoders, usesWebAssembly } = (
    globalThis as unknown as { isoscope: typeof import('../../parsers/codecs/decoders.ts') }
  ).isoscope
  const contents = blocks.map(({ codec, stored, limit }) => {
    const input = Uint8Array.from(atob(stored), (letter) => letter.charCodeAt(0))
    const output = new Uint8Array(limit)
    const length = portableDecoders[codec](input, output)
    return btoa(Array.from(output.subarray(0, length), (byte) => String.fromCharCode(byte)).join(''))
  })
  return { contents, isWasm: usesWebAssembly() }
}

describeWith(['chromium'], 'the decoders in a page', () => {
  const images = ['zstd', 'xz', 'gzip', 'lz4', 'lzo', 'lzma'].map((name) => `${name}.squashfs`)
  let pages: Awaited<ReturnType<typeof startPages>>
  let script: string

  beforeAll(async () => {
    script = await scriptOf('parsers/codecs/decoders.ts')
    pages = await startPages()
  })
  afterAll(() => pages.close())

  it.each([
    ['in WebAssembly', undefined, true],
    ['in TypeScript, where the page allows no WebAssembly', "script-src 'self'", false],
  ])('decode the blocks of images %s', async (_, policy, isWasm) => {
    const blocks = images.flatMap(blocksOf)
    expect(new Set(blocks.map(({ codec }) => codec))).toEqual(new Set(['zstd', 'xz', 'zlib', 'lz4', 'lzo', 'lzma']))
    const page = await pages.open(script, policy)
    const stored = blocks.map(({ content: __, ...block }) => block)
    const there = await page.evaluate(decodeThere, stored)
    await page.close()
    expect(there.isWasm).toBe(isWasm)
    expect(there.contents).toEqual(blocks.map(({ content }) => content))
  })

  it('need nothing of Node', () => {
    expect(script).not.toMatch(/node:|\bBuffer\b|\brequire\b/)
    expect(script).toContain('portableDecoders')
  })
})
