import { describe, expect, it } from 'vitest'
import { examine } from './examine.ts'
import {
  concat,
  folder,
  head,
  type ImageSpec,
  LAYOUT,
  lz4Literals,
  lz4Repeat,
  mapHeader,
  nonhead,
  pack,
  padded,
  repeated,
  text,
  u16,
  u32,
  u64,
  writeErofs,
} from './writer.ts'

/** Content that says at each place where it is. */
function numbers(length: number, first = 0): Uint8Array {
  let out = ''
  for (let number = first; out.length < length; number += 1) out += `${number} `
  return text(out.slice(0, length))
}
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** An image with one file "f", whose inode is nid 8. */
function withFile(
  file: Partial<ImageSpec['inodes'][number]>,
  more: Partial<ImageSpec> = {},
): ReturnType<typeof examine> {
  const inodes = [folder(1, [{ name: 'f', nid: 8 }]), { nid: 8, ...file }, ...(more.inodes ?? [])]
  return examine(writeErofs({ ...more, inodes }))
}

describe('flat data', () => {
  it('has blocks, then a tail in the inode', () => {
    const content = numbers(4096 + 40)
    const { content: found, extents } = withFile(
      { size: content.length, u: 4, tail: content.subarray(4096) },
      { blocks: { 4: content.subarray(0, 4096) } },
    )
    expect(found['/f']).toBe(latin1(content))
    expect(extents['/f']).toEqual([
      { at: 0, offset: 4 * 4096, length: 4096, unpacked: 4096, codec: 'stored' },
      { at: 4096, offset: 4096 + 8 * 32 + 32, length: 40, unpacked: 40, codec: 'stored' },
    ])
  })

  it('refuses a tail across the end of a block', () => {
    const { content, complete } = withFile({ size: 4000, tail: new Uint8Array(0) })
    expect(content['/f']).toMatch(/its inline tail crosses the end of a block/)
    expect(complete).toBe(false)
  })
})

describe('chunks', () => {
  const file = (u: number, tail: Uint8Array, size: number, more: Partial<ImageSpec> = {}): ReturnType<typeof examine> =>
    withFile(
      { size, layout: LAYOUT.chunks, u, tail },
      { blocks: { 4: numbers(4096), 5: numbers(4096, 5000) }, ...more },
    )

  it('in a block map: two chunks in any order, and a hole between', () => {
    const { content, extents, warnings } = file(0, u32(5, 0xffffffff, 4), 2 * 4096 + 10)
    expect(warnings).toEqual([])
    expect(content['/f']).toBe(latin1(numbers(4096, 5000)) + '\0'.repeat(4096) + latin1(numbers(10)))
    expect(extents['/f']?.map(({ at, offset, length }) => [at, offset, length])).toEqual([
      [0, 5 * 4096, 4096],
      [8192, 4 * 4096, 10],
    ])
  })

  it('in chunk indexes of two blocks, with 48 bits', () => {
    const tail = concat(new Uint8Array(0), u16(0, 0), u32(4), u16(0xffff, 0), u32(0xffffffff), u16(1, 0), u32(4))
    const { content, warnings } = file(0x61, tail, 2 * 8192)
    expect(content['/f']).toBe(latin1(concat(numbers(4096), numbers(4096, 5000))) + '\0'.repeat(8192))
    expect(warnings).toEqual([])
    // The third chunk lies beyond 2^44 bytes.
    expect(file(0x61, tail, 2 * 8192 + 1).warnings.join()).toMatch(/its content does not lie in the file/)
  })

  it('on another device are not here, unless this file holds that device too', () => {
    const index = concat(u16(0, 1), u32(1))
    const table = concat(new Uint8Array(64), u32(4, 0), new Uint8Array(56))
    const sets = { incompat: 0xc, superblock: { 86: u16(1), 88: u16(96) } }
    const apart = file(0x20, index, 10, { ...sets, blocks: { 3: table, 5: numbers(4096) } })
    expect(apart.content['/f']).toMatch(/its content lies on another device/)
    expect(apart.complete).toBe(true)
    expect(apart.own['device table']).toBe(128)
    const mapped = concat(new Uint8Array(64), u32(4, 4), new Uint8Array(56))
    expect(file(0x20, index, 10, { ...sets, blocks: { 3: mapped, 5: numbers(4096) } }).content['/f']).toBe('0 1 2 3 4 ')
    const two = { ...sets, superblock: { 86: u16(2), 88: u16(96) } }
    expect(file(0x20, concat(u16(0, 3), u32(1)), 10, { ...two, blocks: { 3: table } }).content['/f']).toMatch(
      /there is no device of this number/,
    )
  })
})

describe('compressed data', () => {
  const first = repeated(numbers(600), 5000)
  const second = numbers(3000)
  const whole = latin1(concat(first, second))
  const blocks = { 4: padded(lz4Repeat(numbers(600), 5000)), 5: padded(lz4Literals(second)) }
  /** Full indexes of heads at 0 and 5000. */
  const indexes = concat(head(1, 0, 4), head(1, 904, 5))
  const heads = (...words: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] => words

  it('with full indexes', () => {
    const tail = concat(mapHeader(0), new Uint8Array(8), indexes)
    const { content, extents, warnings } = withFile({ size: 8000, layout: LAYOUT.full, tail }, { blocks, incompat: 1 })
    expect(warnings).toEqual([])
    expect(content['/f']).toBe(whole)
    expect(extents['/f']).toEqual([{ at: 0, offset: 4 * 4096, length: 8192, unpacked: 8000, codec: 'lz4' }])
  })

  it('without 0padding, where padding follows a block', () => {
    const tail = concat(mapHeader(0), new Uint8Array(8), indexes)
    const behind = { 4: lz4Repeat(numbers(600), 5000), 5: lz4Literals(second) }
    expect(withFile({ size: 8000, layout: LAYOUT.full, tail }, { blocks: behind }).content['/f']).toBe(whole)
  })

  it('with compact indexes of 4 bytes', () => {
    const tail = concat(mapHeader(0), pack(heads([1, 0], [1, 904]), 3))
    const { content } = withFile({ size: 8000, layout: LAYOUT.compact, tail }, { blocks, incompat: 1 })
    expect(content['/f']).toBe(whole)
  })

  it('with compact indexes of 2 bytes: the pack of 16 is aligned to 32 bytes', () => {
    // The header ends at 8 beyond a multiple of 32, so six indexes of 4 bytes come first.
    const stored = (block: number): Uint8Array => numbers(4096, block * 1000)
    const size = 22 * 4096
    const ahead = [0, 1, 2].map((index) =>
      pack(
        [
          [0, 0],
          [0, 0],
        ],
        3 + 2 * index,
      ),
    )
    const tail = concat(mapHeader(1), ...ahead, pack(Array(16).fill([0, 0]), 9))
    const many = Object.fromEntries(Array.from({ length: 22 }, (_, index) => [4 + index, stored(index)]))
    const { content, warnings } = withFile(
      { size, layout: LAYOUT.compact, tail },
      { blocks: many, incompat: 1, count: 30 },
    )
    expect(warnings).toEqual([])
    expect(content['/f']).toBe(Array.from({ length: 22 }, (_, index) => latin1(stored(index))).join(''))
  })

  it('with big pclusters, in both forms of indexes', () => {
    // Two blocks become 9000 bytes, so that the next extent begins in the third cluster.
    const long = repeated(numbers(5000), 9000)
    const big = { 4: padded(lz4Repeat(numbers(5000), 9000), 8192), 6: padded(lz4Literals(second)) }
    const expected = latin1(concat(long, second))
    const more = { blocks: big, incompat: 3 }
    const CBLKCNT = 0x800
    const full = concat(mapHeader(2), new Uint8Array(8), head(1, 0, 4), nonhead(CBLKCNT | 2), head(1, 808, 6))
    expect(withFile({ size: 12_000, layout: LAYOUT.full, tail: full }, more).content['/f']).toBe(expected)
    const packs = [pack(heads([1, 0], [2, CBLKCNT | 2]), 4), pack(heads([1, 808], [0, 0]), 6)]
    const compact = { size: 12_000, layout: LAYOUT.compact, tail: concat(mapHeader(6), ...packs) }
    const { content, extents, warnings } = withFile(compact, more)
    expect(warnings).toEqual([])
    expect(content['/f']).toBe(expected)
    expect(extents['/f']).toEqual([{ at: 0, offset: 4 * 4096, length: 3 * 4096, unpacked: 12_000, codec: 'lz4' }])
    // A pack counts the blocks of the pclusters before a head.
    const one = pack([...heads([1, 0], [2, CBLKCNT | 2], [1, 808]), ...Array(13).fill([2, 1])], 4)
    expect(one).toHaveLength(32)
    const missing = concat(mapHeader(2), new Uint8Array(8), head(1, 0, 4), nonhead(1), head(1, 808, 6))
    expect(withFile({ size: 12_000, layout: LAYOUT.full, tail: missing }, more).warnings.join()).toMatch(
      /the size of its pcluster is missing/,
    )
    const unsaid = concat(mapHeader(0), new Uint8Array(8), head(1, 0, 4), nonhead(CBLKCNT | 2), head(1, 808, 6))
    expect(withFile({ size: 12_000, layout: LAYOUT.full, tail: unsaid }, more).warnings.join()).toMatch(
      /it has a big pcluster, and its header says that there is none/,
    )
  })

  it('counts the blocks of earlier pclusters in a pack of 16', () => {
    // Six clusters of stored blocks bring the packs to 32 bytes. Then a pcluster of two blocks, and one of one.
    const CBLKCNT = 0x800
    const long = repeated(numbers(5000), 9000)
    const stored = numbers(6 * 4096)
    const rest = repeated(numbers(100), 16 * 4096 - 9000)
    const ahead = [0, 1, 2].map((index) => pack(heads([0, 0], [0, 0]), 4 + 2 * index))
    const last = Array.from({ length: 13 }, (_, index) => [2, index === 0 ? CBLKCNT | 1 : index + 1] as const)
    const words = [...heads([1, 0], [2, CBLKCNT | 2], [1, 808]), ...last]
    const tail = concat(mapHeader(7), ...ahead, pack(words, 10))
    const at = {
      ...Object.fromEntries(
        Array.from({ length: 6 }, (_, index) => [4 + index, stored.subarray(index * 4096, (index + 1) * 4096)]),
      ),
      10: padded(lz4Repeat(numbers(5000), 9000), 8192),
      12: padded(lz4Repeat(numbers(100), 16 * 4096 - 9000)),
    }
    const { content, warnings } = withFile(
      { size: 22 * 4096, layout: LAYOUT.compact, tail },
      { blocks: at, incompat: 3, count: 16 },
    )
    expect(warnings).toEqual([])
    expect(content['/f']).toBe(latin1(concat(stored, long, rest)))
  })

  it('stored in blocks, as it is or rotated', () => {
    // Extents of 4096 bytes at 0, and of 3000 at 4096 + 1000, after one of 1000.
    const content = numbers(4096 + 4000)
    const stored = { 4: content.subarray(0, 4096), 5: content.subarray(4096) }
    const aligned = concat(mapHeader(0), new Uint8Array(8), head(0, 0, 4), head(0, 0, 5))
    const { content: plain } = withFile(
      { size: content.length, layout: LAYOUT.full, tail: aligned },
      { blocks: stored },
    )
    expect(plain['/f']).toBe(latin1(content))
    // The first extent is compressed and ends at 5000. The second one has 4000 bytes from there, across a border.
    const second = numbers(4000)
    const tail = (advise: number): Uint8Array =>
      concat(mapHeader(advise), new Uint8Array(8), head(1, 0, 4), head(0, 904, 5), head(0, 808, 6))
    const file = (advise: number, block: Uint8Array): ReturnType<typeof examine> =>
      withFile(
        { size: 9000, layout: LAYOUT.full, tail: tail(advise) },
        { blocks: { 4: padded(lz4Repeat(numbers(600), 5000)), 5: block }, incompat: 1 },
      )
    const expected = latin1(concat(repeated(numbers(600), 5000), second))
    expect(file(0, second).content['/f']).toBe(expected)
    const rotated = concat(second.subarray(3192), new Uint8Array(96), second.subarray(0, 3192))
    const { content: found, extents } = file(0x10, rotated)
    expect(found['/f']).toBe(expected)
    expect(extents['/f']?.map(({ at, offset, length }) => [at, offset, length])).toEqual([
      [0, 4 * 4096, 4096],
      [5000, 5 * 4096 + 904, 3192],
      [8192, 5 * 4096, 808],
    ])
  })

  it('with its last pcluster behind the indexes', () => {
    const inline = lz4Literals(numbers(100))
    const header = mapHeader(8, 0, 0, u16(0, inline.length))
    const tail = concat(header, new Uint8Array(8), head(1, 0, 4), head(1, 904, 0), inline)
    const { content, warnings, extents } = withFile(
      { size: 5100, layout: LAYOUT.full, tail },
      { blocks, incompat: 0x11 },
    )
    expect(warnings).toEqual([])
    expect(content['/f']).toBe(latin1(concat(first, numbers(100))))
    expect(extents['/f']?.[1]).toMatchObject({ at: 5000, length: inline.length, unpacked: 100 })
    const stored = concat(mapHeader(8, 0, 0, u16(0, 100)), new Uint8Array(8), head(0, 0, 0), numbers(100))
    expect(withFile({ size: 100, layout: LAYOUT.full, tail: stored }, { incompat: 0x11 }).content['/f']).toBe(
      latin1(numbers(100)),
    )
  })

  it('with encoded extents of 4, 8, 16 and 32 bytes', () => {
    const lz4 = 0x10000000 + 4096
    const at = 4 * 4096
    const file = (
      advise: number,
      extents: number,
      size: number,
      list: Uint8Array,
      blocks: object,
    ): ReturnType<typeof examine> => {
      // Records are aligned to their size. The header ends at 8 beyond a multiple of 32.
      const skip = { 1: 0, 3: 0, 5: 8, 7: 24 }[advise]!
      const tail = concat(u32(extents), u16(advise, 0), new Uint8Array(skip), list)
      return withFile({ size, layout: LAYOUT.full, tail }, { blocks: { ...blocks }, incompat: 0x81 })
    }
    const wide = concat(u32(lz4, at, 0, 0, 0, 0, 0, 0), u32(lz4, at + 4096, 0, 5000, 0, 0, 0, 0))
    expect(file(7, 2, 8000, wide, blocks).content['/f']).toBe(whole)
    const { content, warnings } = file(5, 2, 8000, u32(lz4, at, 0, 0, lz4, at + 4096, 0, 5000), blocks)
    expect(content['/f']).toBe(whole)
    expect(warnings).toEqual([])
    // Short records have an extent for each cluster.
    const stored = { 4: numbers(4096), 5: second }
    const expected = latin1(concat(numbers(4096), second))
    expect(file(3, 0, 7096, u32(4096, at, 4096, at + 4096), stored).content['/f']).toBe(expected)
    expect(file(1, 0, 7096, concat(u64(at), u32(4096, 4096)), stored).content['/f']).toBe(expected)
    // A length of 0 is a hole.
    expect(file(3, 0, 7096, u32(4096, at, 0, 0), stored).content['/f']).toBe(
      expected.slice(0, 4096) + '\0'.repeat(3000),
    )
    const disorder = file(5, 2, 8000, u32(lz4, at, 0, 5000, lz4, at + 4096, 0, 4000), blocks)
    expect(disorder.warnings.join()).toMatch(/its extents are out of order/)
  })

  it('by an algorithm that we do not decode, is accounted, and says so', () => {
    const tail = concat(mapHeader(0, 2), new Uint8Array(8), head(1, 0, 4))
    const file = { size: 4000, layout: LAYOUT.full, tail }
    const { content, own, warnings, complete } = withFile(file, { blocks, incompat: 1 })
    expect(content['/f']).toMatch(/its content is compressed with deflate, for which there is no decoder here/)
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    expect(own['/f']).toBe(4096 + 32 + 8 + 8 + 8)
  })
})

describe('shared pclusters', () => {
  it('belong to each file by what it uses of them', () => {
    const content = numbers(4000)
    const whole = concat(mapHeader(0), new Uint8Array(8), head(1, 0, 4))
    const part = concat(mapHeader(0), new Uint8Array(8), head(0x8001, 0, 4))
    const {
      content: found,
      own,
      warnings,
    } = examine(
      writeErofs({
        inodes: [
          folder(1, [
            { name: 'long', nid: 8 },
            { name: 'short', nid: 12 },
          ]),
          { nid: 8, size: 4000, layout: LAYOUT.full, tail: whole },
          { nid: 12, size: 1000, layout: LAYOUT.full, tail: part },
        ],
        blocks: { 4: padded(lz4Literals(content)) },
        incompat: 0x21,
      }),
    )
    expect(warnings).toEqual([])
    expect(found['/short']).toBe(latin1(content).slice(0, 1000))
    // The first quarter is shared evenly.
    expect(own['/long']).toBe(56 + 3072 + 512)
    expect(own['/short']).toBe(56 + 512)
  })
})
