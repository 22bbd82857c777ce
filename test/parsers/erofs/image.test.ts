import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { erofsWithEverything } from './everything.ts'
import { examine } from './examine.ts'
import { FILE, folder, LAYOUT, text, u16, u32, u64, writeErofs } from './writer.ts'

const FIXTURES = new URL('../../../fixtures/images/', import.meta.url)
const fixture = (name: string): Uint8Array => Uint8Array.from(readFileSync(new URL(name, FIXTURES)))

describe('an image with everything', () => {
  const { image, content, warnings, complete, xattrs, own, paths } = examine(erofsWithEverything())

  it('is read', () => {
    expect(warnings).toEqual([expect.stringMatching(/inode 10 .* its content lies on another device/)])
    expect(complete).toBe(true)
    expect(paths).toHaveLength(11)
    expect(content['/compact']).toBe(content['/full']!.slice(0, 5000).repeat(2))
    expect(content['/inline']).toBe('content in its inode')
    expect(content['/plain']).toBe('plain content '.repeat(400).slice(0, 5000))
    expect(content['/dir/inline']).toBe(content['/inline'])
    expect(content['/full']).toHaveLength(5500)
    expect(content['/fragment']).toHaveLength(100)
    const entry = image!.tree.entries.find(({ name }) => name === 'device')!
    expect(entry).toMatchObject({ type: 'charDevice', device: { major: 1, minor: 3 }, size: 0 })
    expect(image!.tree.entries.find(({ name }) => name === 'link')).toMatchObject({ target: 'dir/in', type: 'symlink' })
  })

  it('has attributes of its own and shared ones', () => {
    expect(xattrs['/']).toEqual(['security.selinux\0=abcd', 'user.same=shared'])
    expect(xattrs['/inline']).toEqual(xattrs['/'])
    expect(xattrs['/plain']).toEqual([])
  })

  it('has accounts for its structures', () => {
    expect(own).toMatchObject({ superblock: 128, 'compression configurations': 16, 'device table': 128 })
    expect(own['shared extended attributes']).toBe(16)
    // 100 bytes of the 5000 in the pcluster are a file's.
    expect(own['packed inode']).toBe(32 + 32 + Math.round((4096 * 4900) / 5000))
  })
})

describe('the superblock', () => {
  const plain = { inodes: [folder(1, [{ name: 'a', nid: 4 }]), { nid: 4, size: 3, tail: text('abc') }] }

  it('is read with facts', () => {
    const { image } = examine(writeErofs({ ...plain, superblock: { 64: text('label\0rest') } }))
    expect(image!.facts).toMatchObject({ volumeName: 'label', blockSize: 4096, inodes: 2, epoch: 1000 })
  })

  it('says that its checksum differs, and is read', () => {
    const bytes = writeErofs(plain)
    bytes[1024 + 70]! ^= 1
    const { warnings, complete, content } = examine(bytes)
    expect(warnings).toEqual([expect.stringMatching(/superblock at 0x404: checksum: its checksum differs/)])
    expect(complete).toBe(true)
    expect(content['/a']).toBe('abc')
    // Without the feature there is no checksum.
    const without = writeErofs({ ...plain, compat: 0 })
    without[1024 + 4]! ^= 1
    expect(examine(without).warnings).toEqual([])
  })

  it.each([
    ['a block size of 256', { 12: Uint8Array.of(8) }, /blkszbits: not a block size of the format; found 8/],
    ['a block size of 128 KiB', { 12: Uint8Array.of(17) }, /blkszbits: not a block size/],
    ['a feature of the future', { 80: u32(0x200) }, /featureIncompat: a newer EROFS: .* found 0x200/],
    ['a metabox', { 80: u32(0x100) }, /its metadata is compressed \(feature metabox\), which we do not read/],
    ['other directory blocks', { 90: Uint8Array.of(1) }, /directory blocks of another size/],
  ])('%s', (_, superblock, sentence) => {
    expect(examine(writeErofs({ ...plain, superblock })).refusal).toMatch(sentence)
  })

  it('with 48bit has a wide root, and wide blocks in inodes', () => {
    const wide = {
      inodes: [
        folder(
          1,
          [
            { name: 'far', nid: 4 },
            { name: 'hole', nid: 8 },
            { name: 'near', nid: 12 },
          ],
          { format: 0x10 },
        ),
        { nid: 4, size: 10, layout: LAYOUT.plain, u: 5, nb: 1, format: 0x10 },
        { nid: 8, size: 10, layout: LAYOUT.plain, u: 0xffffffff, nb: 0xffff, format: 0x10 },
        { nid: 12, size: 10, layout: LAYOUT.plain, u: 5, nb: 0, format: 0x10 },
      ],
      incompat: 0x80,
      blocks: { 5: text('0123456789') },
      superblock: { 14: u16(0), 112: u64(1) },
    }
    const { content, warnings } = examine(writeErofs(wide))
    expect(content['/near']).toBe('0123456789')
    expect(content['/hole']).toBe('\0'.repeat(10))
    expect(content['/far']).toMatch(/cut short|does not lie/)
    expect(warnings).toEqual([expect.stringMatching(/its content does not lie in the file/)])
  })
})

describe('inodes', () => {
  it('have times after the epoch, or their own, before 1970 too', () => {
    const { image } = examine(
      writeErofs({
        inodes: [
          folder(
            1,
            [
              { name: 'a', nid: 4 },
              { name: 'b', nid: 8 },
            ],
            { mtime: 5 },
          ),
          { nid: 4, extended: true, mtime: -7, uid: 70_000, gid: 80_000, mode: FILE | 0o4000 },
          { nid: 8, uid: 1, gid: 2 },
        ],
      }),
    )
    const [root, a, b] = image!.tree.entries
    expect(root).toMatchObject({ mtime: 1005, identity: 1 })
    expect(a).toMatchObject({ mtime: -7, uid: 70_000, gid: 80_000, mode: 0o4644, identity: 4 })
    expect(b).toMatchObject({ mtime: 1000, uid: 1, gid: 2 })
  })

  it('with several names share what they own', () => {
    const { own, image, accounts } = examine(
      writeErofs({
        inodes: [
          folder(1, [
            { name: 'a', nid: 8 },
            { name: 'b', nid: 8 },
          ]),
          { nid: 8, size: 4096, layout: LAYOUT.plain, u: 4, nb: 2 },
        ],
        blocks: { 4: text('x'.repeat(4096)) },
      }),
    )
    expect(image!.tree.identities[1]).toBe(image!.tree.identities[2])
    expect(accounts.reduce((sum, { name }) => sum + (name === '/a' || name === '/b' ? own[name]! : 0), 0)).toBe(4128)
  })
})

describe('genuine images', () => {
  it('lz4.erofs is read whole', () => {
    const { warnings, complete, content, image } = examine(fixture('lz4.erofs'))
    expect(warnings).toEqual([])
    expect(complete).toBe(true)
    expect(image!.facts['algorithms']).toBe('lz4')
    expect(content['/docs/long.txt']).toBe(content['/copies/long.txt'])
    expect(content['/docs/hello.txt']).toHaveLength(300)
    expect(content['/tool']).toHaveLength(9000)
  })

  it('packed.erofs has the same contents, in zstd and in the packed inode', () => {
    const packed = examine(fixture('packed.erofs'))
    expect(packed.warnings).toEqual([])
    expect(packed.content).toEqual(examine(fixture('lz4.erofs')).content)
    expect(packed.image!.facts['algorithms']).toBe('zstd')
    expect(packed.extents['/docs/long.txt']?.some(({ skip }) => skip !== undefined)).toBe(true)
  })
})
