import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { erofsWithEverything } from '../parsers/erofs/everything.ts'
import { type Examined, examine } from '../parsers/erofs/examine.ts'
import {
  BLOCK,
  concat,
  DIRECTORY,
  dirents,
  folder,
  head,
  type ImageSpec,
  type InodeSpec,
  LAYOUT,
  META,
  mapHeader,
  nonhead,
  SYMLINK,
  text,
  u16,
  u32,
  u64,
  withChecksum,
  writeErofs,
} from '../parsers/erofs/writer.ts'

const IMAGES = new URL('../../fixtures/images/', import.meta.url)
const file = { nid: 40, size: 3, tail: text('abc') }

function withFile(spec: Partial<InodeSpec>, more: Partial<ImageSpec> = {}): Examined {
  return examine(writeErofs({ inodes: [folder(1, [{ name: 'f', nid: 40 }]), { ...file, ...spec }], ...more }))
}
function withRoot(names: Parameters<typeof dirents>[0]): Examined {
  return examine(writeErofs({ inodes: [folder(1, names), file] }))
}
const told = ({ warnings, refusal }: Examined): string => [refusal, ...warnings].join('\n')

/** Numbers that are the same in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

describe('the superblock', () => {
  it.each([
    ['metadata beyond the file', { 40: u32(0xffffffff) }],
    ['shared attributes beyond the file', { 44: u32(0xffffffff) }],
    ['a root beyond the file', { 14: u16(0xffff) }],
    ['no blocks', { 36: u32(0) }],
    ['2^32 - 1 blocks', { 36: u32(0xffffffff) }],
    ['255 extension slots', { 13: Uint8Array.of(255) }],
    ['65,535 devices', { 80: u32(8), 86: u16(0xffff), 88: u16(1) }],
    ['devices beyond the file', { 80: u32(8), 86: u16(1), 88: u16(0xffff) }],
    ['255 long prefixes beyond the file', { 80: u32(0x40), 91: Uint8Array.of(255), 92: u32(0xffffffff) }],
    ['255 long prefixes in zeros', { 80: u32(0x40), 91: Uint8Array.of(255), 92: u32(1500) }],
    ['a packed inode beyond the file', { 80: u32(0x20), 96: u64(2n ** 63n) }],
    ['a packed inode that is the root', { 80: u32(0x20), 96: u64(1) }],
    ['configurations beyond the file', { 80: u32(2), 84: u16(0xffff) }],
    ['a root nid of 64 bits', { 80: u32(0x80), 112: u64(2n ** 64n - 1n) }],
    ['a time of 64 bits', { 24: u64(2n ** 63n) }],
  ])('has %s', (_, superblock) => {
    const { complete, warnings, refusal } = examine(
      writeErofs({ inodes: [folder(1, [{ name: 'f', nid: 40 }]), file], superblock }),
    )
    expect(complete || warnings.length > 0 || refusal !== '').toBe(true)
  })

  it('ends in the middle', () => {
    const whole = erofsWithEverything()
    for (const size of [1028, 1100, 1151, 1152, 1200, 4096, 4097]) {
      expect(told(examine(whole.slice(0, size)))).toMatch(/cut short|ends before|does not lie|not EROFS|is not/)
    }
  })
})

describe('inodes', () => {
  it.each([
    ['a layout of the future', { layout: 5 }, /a format of inodes that we do not know/],
    ['bits of the future in its format', { format: 0x20 }, /a format of inodes that we do not know/],
    ['no type', { mode: 0o644 }, /its mode has no type of file/],
    ['65,535 attribute words', { xattrs: new Uint8Array(12) }, undefined],
  ])('has %s', (_, spec, sentence) => {
    const examined = withFile(spec)
    if (sentence !== undefined) expect(told(examined)).toMatch(sentence)
    expect(examined.paths).toEqual(['/', '/f'])
  })

  it.each(Object.entries(LAYOUT))('has 2^63 - 1 bytes in the layout %s', (_, layout) => {
    for (const size of [2n ** 63n - 1n, 2n ** 64n - 1n, 2n ** 53n, 2n ** 32n]) {
      const examined = withFile({ layout, size, extended: true, u: layout === LAYOUT.chunks ? 0 : 4 })
      expect(examined.complete).toBe(false)
      expect(examined.content['/f']).toMatch(/^test\.erofs: /)
    }
  })

  it('has a time beyond all dates', () => {
    for (const mtime of [2 ** 62, -(2 ** 62), 8_640_000_000_001]) {
      const examined = withFile({ extended: true, mtime })
      expect(told(examined)).toMatch(/a time that is no date; 0 stands for it/)
      expect(examined.image!.tree.entries[1]!.mtime).toBe(0)
    }
  })

  it('claims exabytes of holes in one chunk, which are listed and not read', () => {
    const { complete, warnings, content } = withFile({
      layout: LAYOUT.chunks,
      size: 2n ** 42n,
      extended: true,
      u: 0x1f,
      tail: u32(0xffffffff),
    })
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    expect(content['/f']!.length).toBeGreaterThan(1 << 20)
  })

  it('is a symlink of 2^31 bytes, or one that leaves the file', () => {
    const long = withFile({ mode: SYMLINK, size: 2 ** 31, layout: LAYOUT.plain, u: 2 })
    expect(told(long)).toMatch(/the target of a symlink is too long/)
    expect(told(withFile({ mode: SYMLINK, size: 60_000, layout: LAYOUT.plain, u: 2 }))).toMatch(/cut short/)
  })

  it('has attributes that leave their place', () => {
    const header = u32(0)
    const many = concat(header, Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0))
    expect(withFile({ xattrs: many }).xattrs['/f']).toMatch(/more shared attributes than fit/)
    const beyond = concat(header, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0), u32(0xffffffff))
    expect(withFile({ xattrs: beyond }).xattrs['/f']).toMatch(/cut short/)
    const long = concat(header, new Uint8Array(8), Uint8Array.of(200, 1), u16(0xffff))
    expect(withFile({ xattrs: long }).xattrs['/f']).toMatch(/an attribute is longer than the place for it/)
  })
})

describe('directories', () => {
  it.each([
    [
      'names that go back',
      [
        { name: 'a', nid: 40 },
        { name: 'b', nid: 40, nameoff: 3 },
      ],
    ],
    ['a first name in the entries', [{ name: 'a', nid: 40, nameoff: 5 }]],
    ['a first name at 0', [{ name: 'a', nid: 40, nameoff: 0 }]],
    ['a first name beyond the block', [{ name: 'a', nid: 40, nameoff: 60_000 }]],
    [
      'a second name beyond the block',
      [
        { name: 'a', nid: 40 },
        { name: 'b', nid: 40, nameoff: 60_000 },
      ],
    ],
    [
      'an empty name',
      [
        { name: '', nid: 40 },
        { name: 'b', nid: 40 },
      ],
    ],
    [
      'a name of 256 bytes',
      [
        { name: 'n'.repeat(256), nid: 40 },
        { name: 'o', nid: 40 },
      ],
    ],
  ])('have %s', (_, names) => {
    const examined = withRoot(names)
    expect(examined.complete).toBe(false)
    expect(told(examined)).toMatch(/its first name begins where none can|a name is empty, too long or out of order/)
  })

  it.each([['a/b'], ['/'], ['..\0'], ['a\0b']])('have the name %j, which is left out', (name) => {
    const examined = withRoot([
      { name, nid: 40 },
      { name: 'z', nid: 40 },
    ])
    expect(told(examined)).toMatch(/an invalid file name is left out/)
    expect(examined.paths).toEqual(['/', '/z'])
  })

  it('have names of the parent, which no path shows', () => {
    const { paths, warnings } = withRoot([
      { name: '.', nid: 1, type: 2 },
      { name: '..', nid: 1, type: 2 },
    ])
    expect(paths).toEqual(['/'])
    expect(warnings).toEqual([])
  })

  it('have names twice, or out of order: all are shown', () => {
    const examined = withRoot([
      { name: 'b', nid: 40 },
      { name: 'a', nid: 40 },
      { name: 'a', nid: 40 },
    ])
    expect(examined.paths).toEqual(['/', '/b', '/a', '/a'])
    expect(told(examined)).toMatch(/its names are out of order or repeated/)
  })

  it.each([
    ['beyond the file', 2 ** 31],
    ['of 64 bits', 2n ** 64n - 1n],
    ['of a place without an inode', 100],
  ])('name an inode %s', (_, nid) => {
    const examined = withRoot([{ name: 'a', nid, type: 2 }])
    expect(examined.paths).toEqual(['/', '/a'])
    expect(examined.complete).toBe(false)
  })

  it('say another type than the inode', () => {
    expect(told(withRoot([{ name: 'a', nid: 40, type: 7 }]))).toMatch(/type of a directory entry is not its inode/)
  })

  it('hold themselves, their parent, and each other', () => {
    const own = withRoot([{ name: 'self', nid: 1, type: 2 }])
    expect(told(own)).toMatch(/a directory is reached twice; it is entered once/)
    const pair = examine(
      writeErofs({
        inodes: [
          folder(1, [
            { name: 'a', nid: 10, type: 2 },
            { name: 'b', nid: 20, type: 2 },
          ]),
          folder(10, [{ name: 'b', nid: 20, type: 2 }]),
          folder(20, [{ name: 'a', nid: 10, type: 2 }]),
        ],
      }),
    )
    expect(pair.paths).toEqual(['/', '/a', '/a/b', '/a/b/a', '/b'])
    expect(pair.complete).toBe(false)
  })

  it('nest 3,000 deep', () => {
    const inodes = Array.from({ length: 3000 }, (_, index) =>
      folder(1 + 2 * index, [{ name: 'd', nid: 3 + 2 * index, type: 2 }]),
    )
    const examined = examine(writeErofs({ inodes, count: 60 }))
    expect(told(examined)).toMatch(/directories nest deeper than 2048/)
  })

  it('share one block of names: 2,000 directories of 300 names each', () => {
    const names = Array.from({ length: 300 }, (_, index) => ({ name: String(index), nid: 1 + 2 * index, type: 2 }))
    const block = dirents(names)
    const inodes = Array.from({ length: 300 }, (_, index): InodeSpec => {
      return { nid: 1 + 2 * index, mode: DIRECTORY, size: block.length, layout: LAYOUT.plain, u: 40, nb: 2 }
    })
    const { complete, paths } = examine(writeErofs({ inodes, count: 44, blocks: { 40: block } }))
    expect(complete).toBe(false)
    expect(paths.length).toBeLessThan(100_000)
  })

  it('have more bytes than the image can hold', () => {
    const size = 2n ** 62n
    const root = { nid: 1, mode: DIRECTORY, extended: true, size, layout: LAYOUT.plain, u: 2, nb: 2 }
    expect(told(examine(writeErofs({ inodes: [root] })))).toMatch(/more bytes than the image can hold/)
    const holes = { ...root, layout: LAYOUT.chunks, u: 0x1f, size: 2n ** 20n, tail: u32(0xffffffff) }
    expect(told(examine(writeErofs({ inodes: [holes] })))).toMatch(/begins where none can/)
  })

  it('are no directory at the root', () => {
    const { paths, complete } = examine(writeErofs({ inodes: [file], root: 40 }))
    expect(paths).toEqual(['/'])
    expect(complete).toBe(false)
  })
})

describe('maps of content', () => {
  const full = (advise: number, ...indexes: readonly Uint8Array[]): Uint8Array =>
    concat(mapHeader(advise), new Uint8Array(8), ...indexes)
  const compressed = (tail: Uint8Array, size: number, incompat = 0x3f): Examined =>
    withFile({ layout: LAYOUT.full, size, tail }, { incompat, superblock: { 84: u16(0), 86: u16(0) } })

  it.each([
    ['a first cluster without a head', full(0, nonhead(1)), 4000, /its first cluster has no head/],
    ['a first extent not at 0', full(0, head(1, 8, 4)), 4000, /its first extent does not begin at 0/],
    ['an extent outside its cluster', full(0, head(1, 0, 4), head(1, 5000, 5)), 8000, /an extent begins outside/],
    ['stored bytes for two clusters', full(0, head(0, 0, 4), nonhead(1)), 8000, /more content than it can/],
    ['a pcluster of 1,000 blocks', full(2, head(1, 0, 4), nonhead(0x800 | 1000)), 8000, /more content than it can/],
    ['a pcluster beyond the file', full(0, head(1, 0, 0xffffffff)), 4000, /its content does not lie in the file/],
    ['inline bytes of size 0', full(8, head(1, 0, 4)), 4000, /the size of its inline pcluster is invalid/],
    ['a fragment without a packed inode', full(0x20, head(1, 0, 4)), 4000, /the packed inode cannot be read/],
    ['a big cluster', concat(mapHeader(0, 0, 15), new Uint8Array(8), head(1, 0, 4)), 4000, undefined],
    [
      'an algorithm of the future',
      concat(mapHeader(0, 0x44), new Uint8Array(8)),
      4000,
      /algorithm that we do not know/,
    ],
    [
      'clusters over 12 MiB in one pcluster',
      full(0, head(1, 0, 4), ...Array(3200).fill(nonhead(1))),
      13_000_000,
      /more content than it can/,
    ],
  ])('have %s', (_, tail, size, sentence) => {
    const examined = compressed(tail.subarray(0, 28_000 - 40 * 32), size)
    if (sentence !== undefined) expect(told(examined)).toMatch(sentence)
    expect(examined.content['/f']).toMatch(/^test\.erofs: /)
  })

  it('have more chunks or clusters than the file has bytes', () => {
    expect(told(withFile({ layout: LAYOUT.chunks, size: 2 ** 31, u: 0 }))).toMatch(/list of its chunks does not lie/)
    expect(told(withFile({ layout: LAYOUT.compact, size: 2 ** 31 }))).toMatch(/indexes of its clusters do not lie/)
    const encoded = concat(u32(0xffffffff), u16(7, 0xff))
    expect(told(withFile({ layout: LAYOUT.full, size: 4000, tail: encoded }))).toMatch(
      /list of its extents does not lie/,
    )
  })

  it('have chunks of the future, or of a device that does not exist', () => {
    expect(told(withFile({ layout: LAYOUT.chunks, size: 10, u: 0x80 }))).toMatch(
      /a format of chunks that we do not know/,
    )
  })

  it('are the same bytes for 400 files: the work is bounded', () => {
    // Each file has 24,000 chunks, whose list lies over all inodes.
    const names = Array.from({ length: 200 }, (_, index) => ({
      name: String(index).padStart(3, '0'),
      nid: 200 + index,
    }))
    const inodes = [
      folder(1, names),
      ...names.map(({ nid }): InodeSpec => ({ nid, layout: LAYOUT.chunks, size: 4000 * BLOCK, u: 0 })),
    ]
    const examined = examine(writeErofs({ inodes, count: 12 }))
    expect(told(examined)).toMatch(/maps of contents that overlap each other, or too many, are left out|does not lie/)
  })

  it('have a packed inode with a fragment in itself', () => {
    const fragment = concat(u32(0), u16(0), Uint8Array.of(0, 0x80))
    const packed = { nid: 60, layout: LAYOUT.full, size: 100, tail: fragment }
    const examined = examine(
      writeErofs({
        inodes: [
          folder(1, [{ name: 'f', nid: 40 }]),
          { ...file, layout: LAYOUT.full, size: 10, tail: fragment },
          packed,
        ],
        incompat: 0x20,
        superblock: { 96: u64(60) },
      }),
    )
    expect(told(examined)).toMatch(/the packed inode has a fragment/)
  })

  it('have a packed inode whose content lies outside the file', () => {
    const fragment = concat(u32(0), u16(0), Uint8Array.of(0, 0x80))
    const packed = { nid: 60, layout: LAYOUT.plain, size: 100, u: 5000 }
    const examined = examine(
      writeErofs({
        inodes: [
          folder(1, [{ name: 'f', nid: 40 }]),
          { ...file, layout: LAYOUT.full, size: 10, tail: fragment },
          packed,
        ],
        incompat: 0x20,
        superblock: { 96: u64(60) },
      }),
    )
    expect(told(examined)).toMatch(/packed inode .* its content does not lie in the file/)
    expect(examined.complete).toBe(false)
  })

  it('have a fragment beyond the packed inode', () => {
    const fragment = concat(u32(90), u16(0), Uint8Array.of(0, 0x80))
    const packed = { nid: 60, size: 99, tail: text('x'.repeat(99)) }
    const examined = examine(
      writeErofs({
        inodes: [
          folder(1, [{ name: 'f', nid: 40 }]),
          { ...file, layout: LAYOUT.full, size: 10, tail: fragment },
          packed,
        ],
        incompat: 0x20,
        superblock: { 96: u64(60) },
      }),
    )
    expect(told(examined)).toMatch(/it leaves the packed inode/)
  })

  it('lie over the superblock and over metadata', () => {
    const { own, complete } = withFile({ layout: LAYOUT.plain, size: 2 * BLOCK, u: 0 })
    expect(complete).toBe(true)
    expect(Object.keys(own).join()).toMatch(/file content over superblock/)
  })
})

describe('bytes changed at random', () => {
  const genuine = (name: string): Uint8Array => Uint8Array.from(readFileSync(new URL(name, IMAGES)))
  const images: readonly (readonly [string, Uint8Array])[] = [
    ['everything', erofsWithEverything()],
    ['lz4.erofs', genuine('lz4.erofs')],
    ['packed.erofs', genuine('packed.erofs')],
  ]

  it.each(images)('in the metadata of %s', (name, good) => {
    const random = generator(name.length * 7919)
    // Genuine images have metadata in the first block too.
    const start = name === 'everything' ? META : 1152
    for (let round = 0; round < 150; round += 1) {
      const bytes = good.slice()
      for (let change = 0; change <= round % 4; change += 1) {
        const at = start + random(Math.min(BLOCK * 2, bytes.length - start))
        bytes[at] = round % 2 === 0 ? bytes[at]! ^ (1 << random(8)) : random(256)
      }
      examine(bytes)
    }
  })

  it.each(images)('in the superblock of %s', (name, good) => {
    const random = generator(name.length * 104_729)
    for (let round = 0; round < 80; round += 1) {
      const bytes = good.slice()
      bytes[1028 + random(124)] = random(256)
      examine(round % 2 === 0 ? withChecksum(bytes) : bytes)
    }
  })

  it.each(images)('in the content of %s', (name, good) => {
    const random = generator(name.length * 31_337)
    for (let round = 0; round < 60; round += 1) {
      const bytes = good.slice()
      bytes[random(bytes.length)]! ^= 1 << random(8)
      examine(bytes)
    }
  })

  it.each(images)('%s ends early, everywhere', (_, good) => {
    for (let size = 1152; size < good.length; size += 331) expect(examine(good.slice(0, size)).complete).toBe(false)
  })
})
