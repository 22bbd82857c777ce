import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { examine } from '../../parsers/squashfs/examine.ts'
import {
  fileInode,
  flat,
  NONE,
  type Parts,
  storedWord,
  symlinkInode,
  text,
  writeSquashfs,
} from '../../parsers/squashfs/writer.ts'

const fixture = new Uint8Array(readFileSync(new URL('../../../fixtures/images/gzip.squashfs', import.meta.url)))

/** A block of A, a fragment of B of which a file has half, a link, an export table and attributes. */
function whole(): Partial<Parts> {
  const values = Uint8Array.from([0, 0, 1, 0, 0x6e, 2, 0, 0, 0, 0x76, 0x76])
  return {
    data: new Uint8Array(4196).fill(65, 0, 4096).fill(66, 4096),
    ...flat([
      { name: 'block', inode: fileInode({ size: 4096, blocks: [storedWord(4096)] }) },
      { name: 'link', inode: symlinkInode('block'), type: 3 },
      { name: 'tail', inode: fileInode({ size: 50, fragment: 0 }) },
    ]),
    fragments: [{ start: 96 + 4096, word: storedWord(100) }],
    exports: [0, 0, 0, 0],
    xattrs: { values, ids: [{ reference: 0, count: 1, size: 11 }] },
  }
}

describe('an image by the writer of these tests', () => {
  it('is read without a warning, each byte where it belongs', () => {
    const { own, paths, warnings, complete, content } = examine(writeSquashfs(whole()))
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    expect(paths).toEqual(['/', '/block', '/link', '/tail'])
    expect(content['/block']).toEqual(Buffer.alloc(4096, 'A'))
    expect(content['/tail']).toEqual(Buffer.alloc(50, 'B'))
    expect(own['/block']).toBeGreaterThan(4096)
    expect(own['/block']).toBeLessThan(4200)
    expect(own['superblock']).toBe(96)
  })

  it('is read as well when it begins with HSQS and ends in its superblock', () => {
    const streamed = examine(writeSquashfs({ ...whole(), streamed: true }))
    expect(streamed.warnings).toEqual([])
    expect(streamed.paths).toEqual(['/', '/block', '/link', '/tail'])
    expect(streamed.own['stream header']).toBe(96)
    expect(streamed.own['superblock']).toBe(96)
  })

  it('lists the same tree when it is streamed', () => {
    const used = Number(new DataView(fixture.buffer, fixture.byteOffset).getBigUint64(40, true))
    const streamed = new Uint8Array(used + 96)
    streamed.set(fixture.subarray(0, used))
    streamed.set(fixture.subarray(0, 96), used)
    streamed.set(text('HSQS'))
    const [plain, moved] = [examine(fixture), examine(streamed)]
    expect(plain.warnings).toEqual([])
    expect(moved.warnings).toEqual([])
    expect(moved.paths).toEqual(plain.paths)
    expect(moved.content).toEqual(plain.content)
  })

  it('is refused when it begins with HSQS and ends in something else', () => {
    const bytes = writeSquashfs({ ...whole(), streamed: true })
    expect(examine(bytes.subarray(0, -1)).refusal).toMatch(
      /superblock at .*a streamed image must end in its superblock/,
    )
    expect(examine(text('HSQS')).refusal).toMatch(/superblock at 0x0/)
  })
})

describe('pointers of the superblock', () => {
  const POINTERS = [
    ['idTableStart', 48],
    ['xattrIdTableStart', 56],
    ['inodeTableStart', 64],
    ['directoryTableStart', 72],
    ['fragmentTableStart', 80],
    ['exportTableStart', 88],
    ['rootInode', 32],
    ['bytesUsed', 40],
  ] as const
  /** That it is absent is what all ones in these two say; the image is whole without them. */
  const OPTIONAL = ['xattrIdTableStart', 'exportTableStart']
  const used = writeSquashfs(whole()).length
  const VALUES: [string, number][] = [
    ['all ones', -1],
    ['beyond the file', used + 5000],
    ['the end of the file', used],
    ['negative', -4096],
    ['above 2^53', 2 ** 60],
    ['zero', 0],
    ['in the superblock', 50],
    ['in the data', 100],
    ['the last byte', used - 1],
    ['in the middle', used - 100],
  ]
  for (const [field] of POINTERS) {
    it.each(VALUES)(`${field}: %s`, (name, value) => {
      const { refusal, complete, warnings } = examine(writeSquashfs({ ...whole(), superblock: { [field]: value } }))
      expect(refusal).toBe('')
      if (OPTIONAL.includes(field) && name === 'all ones') expect(complete).toBe(true)
      else if (field !== 'bytesUsed' || value < 100 || value > used) expect(warnings.length).toBeGreaterThan(0)
      if (!OPTIONAL.includes(field) && field !== 'bytesUsed') expect(complete).toBe(false)
    })
  }

  it('every two of them equal or swapped', () => {
    const good = writeSquashfs(whole())
    for (const [first, at] of POINTERS) {
      for (const [second, other] of POINTERS) {
        if (first === second) continue
        const equal = good.slice()
        equal.copyWithin(at, other, other + 8)
        expect(examine(equal).refusal).toBe('')
        const swapped = equal.slice()
        swapped.set(good.subarray(at, at + 8), other)
        expect(examine(swapped).refusal).toBe('')
      }
    }
  })

  it('says which field of the superblock is wrong', () => {
    const { warnings } = examine(writeSquashfs({ ...whole(), superblock: { inodeTableStart: -1 } }))
    expect(warnings[0]).toMatch(
      /^test\.squashfs: superblock at 0x40: inodeTableStart: a required table is outside the file; found none/,
    )
  })

  it('reads no directory from the inode table when there is no directory table', () => {
    const { directories = new Uint8Array(0), ...rest } = whole()
    expect(directories.length).toBeGreaterThan(0)
    const { complete, paths } = examine(writeSquashfs({ ...rest, directories: new Uint8Array(0) }))
    expect(paths).toEqual(['/'])
    expect(complete).toBe(false)
  })
})

describe('counts of the superblock', () => {
  it.each<[string, Partial<Parts['superblock']>, RegExp]>([
    ['inodes of 2^32 - 1', { inodes: NONE }, /export table index at 0x[0-9a-f]+: .*cut short/],
    ['fragments of 2^32 - 1', { fragments: NONE }, /fragment table index at .*cut short/],
    ['more inodes than the export table has', { inodes: 5000 }, /export table index at/],
    ['more ids than there are', { ids: 65535 }, /id table index at/],
    ['no ids', { ids: 0 }, /id table at .*no such entry; found 0, expected below 0/],
    ['no fragments', { fragments: 0 }, /fragment table at .*no such entry/],
  ])('%s', (_, superblock, sentence) => {
    const { complete, warnings, paths } = examine(writeSquashfs({ ...whole(), superblock }))
    expect(warnings.join('\n')).toMatch(sentence)
    expect(complete).toBe(false)
    expect(paths).toHaveLength(4)
  })

  it('an inode count that is not true, and changes nothing', () => {
    expect(examine(writeSquashfs({ ...whole(), superblock: { inodes: 900 } })).paths).toHaveLength(4)
  })
})

describe('the root inode', () => {
  const root = (reference: number): string => {
    const { complete, warnings } = examine(writeSquashfs({ ...whole(), superblock: { rootInode: reference } }))
    expect(complete).toBe(false)
    return warnings.join('\n')
  }
  it('outside of the table', () => expect(root(5 * 0x10000)).toMatch(/does not point to the start of a block; found 5/))
  it('at an offset past its block', () => expect(root(0xffff)).toMatch(/points past the end of its block; found 65535/))
  it('is a file', () => expect(root(0)).toMatch(/superblock at 0x20: rootInode: the root inode is not a directory/))
})

describe('around the image', () => {
  it('bytes that are no squashfs behind it are an account of their own', () => {
    const bytes = writeSquashfs(whole())
    const { own, warnings } = examine(Buffer.concat([bytes, Buffer.alloc(777, 1)]))
    expect(warnings).toEqual([])
    expect(own['bytes after the image']).toBe(777)
  })
})
