import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Examined, examine } from './examine.ts'
import {
  type Child,
  concat,
  extendedFileInode,
  fileInode,
  flat,
  NONE,
  type Parts,
  pack,
  referenceOf,
  storedWord,
  symlinkInode,
  text,
  typedInode,
  writeSquashfs,
} from './writer.ts'

/** An image with a sound file before and after the child in question. */
function withChild(child: Child, more: Partial<Parts> = {}): Uint8Array {
  const sound = fileInode({ size: 4096, blocks: [storedWord(4096)] })
  return writeSquashfs({
    data: new Uint8Array(4196).fill(65),
    fragments: [{ start: 96 + 4096, word: storedWord(100) }],
    ...flat([{ name: 'after', inode: sound }, { name: 'before', inode: sound }, child]),
    ...more,
  })
}

const damaged = (bytes: Uint8Array, sentence: RegExp): Examined => {
  const examined = examine(bytes)
  expect(examined.warnings.join('\n')).toMatch(sentence)
  expect(examined.complete).toBe(false)
  expect(examined.content['/after']).toEqual(Buffer.alloc(4096, 'A'))
  return examined
}

describe('an inode that is wrong is told and listed, and its neighbours are whole', () => {
  const file = (fields: Parameters<typeof extendedFileInode>[0]): Child => ({
    name: 'child',
    inode: extendedFileInode(fields),
  })
  it.each<[string, Child, RegExp]>([
    [
      'type 0',
      { name: 'child', inode: typedInode(0, pack()) },
      /inode in the inode table at .*type: unknown inode type; found 0/,
    ],
    ['type 15', { name: 'child', inode: typedInode(15, pack()) }, /found 15, expected 1 to 14/],
    ['size of 2^63', file({ size: 2 ** 63 }), /file size: its block list would run past the inode table/],
    ['negative size', file({ size: -1 }), /file size: its block list would run past/],
    ['a fragment and a size of 2^63', file({ size: 2 ** 63, fragment: 0 }), /file size: its block list would run past/],
    [
      'block list past the table',
      file({ size: 4096 * 2000, blocks: [storedWord(1)] }),
      /inode \d+ \(file\), block|past the last block/,
    ],
    [
      'block larger than blocks are',
      file({ size: 4096, blocks: [4097] }),
      /block 0 at .*block size: the size of a data block is invalid.*found 4097, expected at most 4096/,
    ],
    [
      'bit 25 of a size word',
      file({ size: 4096, blocks: [2 ** 25 + 100] }),
      /block size: the size of a data block is invalid/,
    ],
    [
      'bit 31 of a size word',
      file({ size: 4096, blocks: [2 ** 31 + 100] }),
      /block size: the size of a data block is invalid/,
    ],
    [
      'content behind the file',
      file({ start: 2 ** 33, size: 4096, blocks: [storedWord(4096)] }),
      /inode 2 \(file\), block 0 at 0x200000000: it does not lie in the file/,
    ],
    [
      'content that overflows',
      file({ start: -2, size: 4096, blocks: [storedWord(4096)] }),
      /it does not lie in the file/,
    ],
    [
      'stored block that is too short',
      file({ size: 4096, blocks: [storedWord(5)] }),
      /block 0 at 0x60: is smaller than its file needs; found 5, expected 4096/,
    ],
    [
      'fragment that is the count',
      file({ size: 50, fragment: 1 }),
      /fragment table at .*no such entry; found 1, expected below 1/,
    ],
    ['fragment of 2^32 - 2', file({ size: 50, fragment: NONE - 1 }), /no such entry; found 4294967294/],
    [
      'tail past its fragment',
      file({ size: 90, fragment: 0, offset: 20 }),
      /tail at 0x1060: is smaller than its file needs; found 100, expected 110/,
    ],
    [
      'tail past any fragment',
      file({ size: 90, fragment: 0, offset: 4090 }),
      /fragment offset: its tail does not fit into a fragment/,
    ],
    [
      'tail at 2^32 - 1',
      file({ size: 90, fragment: 0, offset: NONE }),
      /fragment offset: its tail does not fit into a fragment/,
    ],
    ['user that is not in the table', file({ ids: 7 }), /id table at .*no such entry; found 7, expected below 1/],
    [
      'symlink of 2^31',
      { name: 'child', inode: symlinkInode('x', { size: 2 ** 31 }), type: 3 },
      /symlink size: the target is longer than a path may be/,
    ],
    [
      'symlink past the table',
      { name: 'child', inode: symlinkInode('x', { size: 60000 }), type: 3 },
      /longer than the table has room for/,
    ],
  ])('%s', (_, child, sentence) => {
    const { paths } = damaged(withChild(child), sentence)
    expect(paths).toContain('/child')
  })

  it('zero length and a size that is a multiple of blocks need no fragment, whatever it says', () => {
    const inode = fileInode({ size: 4096, fragment: 77, blocks: [storedWord(4096)] })
    const { warnings, content } = examine(withChild({ name: 'child', inode }))
    expect(warnings).toEqual([])
    expect(content['/child']).toEqual(Buffer.alloc(4096, 'A'))
  })

  it('number 0, or the same number twice, changes nothing', () => {
    const { warnings, content } = examine(withChild({ name: 'child', inode: fileInode({ number: 0 }) }))
    expect(warnings).toEqual([])
    expect(content['/child']).toEqual(Buffer.alloc(0))
  })

  it('a type in the directory that is not the inode’s: the inode’s is taken, and told', () => {
    const { warnings, complete, paths } = examine(withChild({ name: 'c\x1b[2J"\x9b', inode: fileInode({}), type: 3 }))
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(
      /directory entry "c\\x1b\[2J\\x22\\x9b" in the directory table at .*found symlink, expected file/,
    )
    expect(complete).toBe(true)
    expect(paths).toHaveLength(4)
  })

  it('content in the superblock or in the tables is read, told, and the bytes in common named', () => {
    const inside = fileInode({ start: 0, size: 4096, blocks: [storedWord(4096)] })
    const { warnings, content, own } = examine(withChild({ name: 'child', inode: inside }))
    expect(warnings.join('\n')).toMatch(
      /inode 2 \(file\), block 0 at 0x0: it does not lie between the superblock and the tables/,
    )
    expect(warnings.join('\n')).toMatch(
      /parts that should not share bytes do: file content over superblock; found 96 bytes in common/,
    )
    expect(own['file content over superblock']).toBe(96)
    expect(content['/child']).toHaveLength(4096)
  })
})

describe('fragments', () => {
  const fragmentAt = (start: number, word: number): Examined =>
    examine(withChild({ name: 'child', inode: fileInode({ size: 50, fragment: 0 }) }, { fragments: [{ start, word }] }))

  it('inside a table', () => {
    const { warnings, complete } = fragmentAt(4400, storedWord(60))
    expect(warnings.join('\n')).toMatch(/fragment 0 at 0x1130: it does not lie between the superblock and the tables/)
    expect(warnings.join('\n')).toMatch(/parts that should not share bytes do/)
    expect(complete).toBe(true)
  })
  it('behind the file', () => {
    const { warnings, complete } = fragmentAt(2 ** 40, storedWord(60))
    expect(warnings.join('\n')).toMatch(/fragment 0 at 0x10000000000: it does not lie in the file/)
    expect(complete).toBe(false)
  })
  it('of an impossible size', () => {
    const { warnings, complete } = fragmentAt(96, 2 ** 31)
    expect(warnings.join('\n')).toMatch(/fragment 0 at 0x60: size: the size of a fragment is invalid/)
    expect(complete).toBe(false)
  })
  it('of no bytes read as zeros', () => {
    const { warnings, content, complete } = fragmentAt(96, 0)
    expect(warnings.join('\n')).toMatch(
      /inode 2 \(file\), tail at 0x60: its fragment has no bytes; it is read as zeros/,
    )
    expect(content['/child']).toEqual(Buffer.alloc(50))
    expect(complete).toBe(true)
  })
  it('over a data block', () => {
    const { warnings } = fragmentAt(96, storedWord(60))
    expect(warnings.join('\n')).toMatch(/parts that should not share bytes do: file content over unused fragment space/)
  })
  it('one that is damaged does not take its 511 neighbours along', () => {
    const child = { name: 'child', inode: fileInode({ size: 50, fragment: 1 }) }
    const fragments = [
      { start: 96, word: 2 ** 31 },
      { start: 96 + 4096, word: storedWord(100) },
    ]
    const { own, content } = examine(withChild(child, { fragments }))
    expect(content['/child']).toEqual(Buffer.alloc(50, 'A'))
    expect(own['/child']).toBeGreaterThan(100)
  })
})

describe('metadata blocks', () => {
  const { inodes, root, directories } = flat([{ name: 'file', inode: fileInode({}) }])
  const block = (header: number, bytes: Uint8Array): Uint8Array => concat(pack([2, header]), bytes)
  it.each<[string, Uint8Array[], RegExp]>([
    ['of length 0', [block(0, new Uint8Array(0))], /inode table at 0x60: a block of 32770 bytes/],
    ['of header 0x8000', [block(0x8000, new Uint8Array(0))], /inode table at 0x60: a block of 32770 bytes/],
    ['thousands of length 0', new Array<Uint8Array>(5000).fill(block(0x8000, new Uint8Array(0))), /a block of 32770/],
    ['stored, longer than 8192', [block(0x8000 + 8193, new Uint8Array(8193))], /a block of 8195 bytes/],
    ['past what follows', [block(0x8000 + 5000, inodes)], /a block of 5002 bytes, where/],
    [
      'that unpacks to more than 8192',
      [block(0, deflateSync(new Uint8Array(9000)))],
      /decompresses to more than the output has room for/,
    ],
    ['that unpacks to nothing', [block(0, deflateSync(new Uint8Array(0)))], /a block decompresses to nothing/],
    ['that does not unpack', [block(40, new Uint8Array(40).fill(7))], /a block does not decompress/],
  ])('%s', (_, blocks, sentence) => {
    const lengths = blocks.map((b) => (b[0] === 0 && b[1] === 0 && b.length > 2 ? fixHeader(b) : b))
    const { warnings, complete } = examine(writeSquashfs({ root, directories, inodeBlocks: lengths }))
    expect(warnings.join('\n')).toMatch(sentence)
    expect(complete).toBe(false)
  })
  const fixHeader = (bytes: Uint8Array): Uint8Array => concat(pack([2, bytes.length - 2]), bytes.subarray(2))

  it('a last block of exactly 8192 bytes is whole', () => {
    const filler = symlinkInode('x'.repeat(8192 - 24 - inodes.length), { number: 3 })
    const full = flat([
      { name: 'file', inode: fileInode({}) },
      { name: 'link', inode: filler, type: 3 },
    ])
    const short = full.inodes.length - 8192
    const exact = flat([
      { name: 'file', inode: fileInode({}) },
      { name: 'link', inode: symlinkInode('x'.repeat(8192 - 24 - inodes.length - short), { number: 3 }), type: 3 },
    ])
    expect(exact.inodes).toHaveLength(8192)
    const { warnings, complete, paths } = examine(writeSquashfs(exact))
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    expect(paths).toHaveLength(3)
  })
})

describe('extended attributes', () => {
  const values = (...entries: Uint8Array[]): Uint8Array => concat(...entries)
  const attribute = pack([2, 0], [2, 1], [1, 0x6e], [4, 2], [2, 0x7676])
  const outOfLine = (reference: number): Uint8Array => pack([2, 0x100], [2, 1], [1, 0x6e], [4, 8], [8, reference])
  const image = (xattr: number, xattrs: Parts['xattrs'], superblock: Parts['superblock'] = {}): Examined =>
    examine(withChild({ name: 'child', inode: extendedFileInode({ xattr }) }, { xattrs, superblock }))

  it.each<[string, Uint8Array, number, number, RegExp]>([
    [
      'a count of 0',
      values(attribute),
      0,
      0,
      /xattr list in the xattr table at .*count: the number of attributes is invalid.*found 0/,
    ],
    ['a count of 2^32 - 1', values(attribute), 0, NONE, /found 4294967295/],
    ['a count past the table', values(attribute), 0, 9, /past the last block/],
    [
      'a place where no block starts',
      values(attribute),
      referenceOf(8192 * 5),
      1,
      /does not point to the start of a block/,
    ],
    [
      'a value out of line that leads nowhere',
      values(outOfLine(2 ** 40)),
      0,
      1,
      /does not point to the start of a block/,
    ],
    ['a value of 4 GiB', pack([2, 0], [2, 1], [1, 0x6e], [4, NONE]), 0, 1, /value size: the value is too long/],
  ])('%s', (_, table, reference, count, sentence) => {
    const { xattrProblems, warnings } = image(0, { values: table, ids: [{ reference, count, size: 11 }] })
    expect(xattrProblems['/child']).toMatch(sentence)
    expect(warnings).toEqual([])
  })

  it('a number out of range is told when the image is opened', () => {
    const { warnings, complete } = image(1, { values: attribute, ids: [{ reference: 0, count: 1, size: 11 }] })
    expect(warnings.join('\n')).toMatch(
      /inode 2 in the inode table at .*xattr: it has attributes that are not in the table; found 1, expected below 1/,
    )
    expect(complete).toBe(false)
  })

  it('a number where there is no table means none', () => {
    expect(image(3, undefined).warnings).toEqual([])
  })

  it('a table of 2^31 attributes', () => {
    const bytes = withChild(
      { name: 'child', inode: extendedFileInode({ xattr: 0 }) },
      { xattrs: { values: text('values'), ids: [{ reference: 0, count: 1, size: 1 }] } },
    )
    const view = new DataView(bytes.buffer)
    const at = Number(view.getBigUint64(56, true))
    view.setUint32(at + 8, 2 ** 31, true)
    const { warnings, complete } = examine(bytes)
    expect(warnings.join('\n')).toMatch(/xattr table index at .*cut short/)
    expect(complete).toBe(false)
    view.setUint32(at + 8, 1, true)
    view.setBigUint64(at, 2n ** 50n, true)
    expect(examine(bytes).warnings.join('\n')).toMatch(
      /xattr table at 0x4000000000000: it starts past the structure that follows it/,
    )
  })
})
