import {
  concat,
  folder,
  head,
  LAYOUT,
  lz4Repeat,
  mapHeader,
  nonhead,
  pack,
  padded,
  repeated,
  SYMLINK,
  text,
  u16,
  u32,
  writeErofs,
} from './writer.ts'

const PROSE = text('prose of a file that is compressed, and of another one. ')
const BLOCK = padded(lz4Repeat(PROSE, 5000))

/** An image with every layout, attributes, a device, a packed inode and a shared pcluster. */
export function erofsWithEverything(): Uint8Array {
  const shared = concat(Uint8Array.of(4, 1), u16(6), text('sameshared'), new Uint8Array(2))
  const attributes = concat(
    u32(0xffffffff),
    Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
    u32(0),
    Uint8Array.of(8, 6),
    u16(4),
    text('selinux\0'),
    text('abcd'),
  )
  const part = repeated(PROSE, 500)
  return writeErofs({
    count: 12,
    compat: 3,
    incompat: 0x3f,
    inodes: [
      folder(
        1,
        [
          { name: '.', nid: 1, type: 2 },
          { name: '..', nid: 1, type: 2 },
          { name: 'chunks', nid: 10 },
          { name: 'compact', nid: 14 },
          { name: 'device', nid: 18, type: 3 },
          { name: 'dir', nid: 20, type: 2 },
          { name: 'fragment', nid: 24 },
          { name: 'full', nid: 26 },
          { name: 'inline', nid: 30 },
          { name: 'link', nid: 34, type: 7 },
          { name: 'plain', nid: 38 },
        ],
        { extended: true, xattrs: attributes },
      ),
      {
        nid: 10,
        size: 9000,
        layout: LAYOUT.chunks,
        u: 0x20,
        tail: concat(u16(0, 0), u32(4), u32(0, 0xffffffff), u16(0, 1), u32(0)),
      },
      {
        nid: 14,
        size: 10_000,
        layout: LAYOUT.compact,
        tail: concat(
          mapHeader(0),
          pack(
            [
              [1, 0],
              [1, 904],
            ],
            4,
          ),
          pack(
            [
              [2, 1],
              [0, 0],
            ],
            0,
          ),
        ),
      },
      { nid: 18, mode: 0o20644, u: 0x0103, layout: LAYOUT.plain },
      folder(20, [
        { name: '.', nid: 20, type: 2 },
        { name: '..', nid: 1, type: 2 },
        { name: 'inline', nid: 30 },
      ]),
      { nid: 24, size: 100, layout: LAYOUT.full, tail: concat(u32(3000), u16(0), Uint8Array.of(0, 0x80)) },
      {
        nid: 26,
        size: 5500,
        layout: LAYOUT.full,
        tail: concat(mapHeader(0), new Uint8Array(8), head(1, 0, 5), head(0, 904, 7)),
      },
      { nid: 30, size: 20, xattrs: attributes, tail: text('content in its inode') },
      { nid: 34, mode: SYMLINK, size: 6, tail: text('dir/in') },
      { nid: 38, size: 5000, layout: LAYOUT.plain, u: 8 },
      {
        nid: 50,
        size: 5000,
        layout: LAYOUT.full,
        tail: concat(mapHeader(0), new Uint8Array(8), head(1, 0, 10), nonhead(1)),
      },
    ],
    blocks: {
      2: shared,
      3: concat(text('tag of a device'), new Uint8Array(49), u32(4, 0)),
      4: text('c'.repeat(4096)),
      5: BLOCK,
      6: BLOCK,
      7: concat(part, new Uint8Array(4096 - part.length)),
      8: text('plain content '.repeat(400)).subarray(0, 5000),
      10: BLOCK,
    },
    superblock: {
      44: u32(2),
      84: u16(1),
      86: u16(1),
      88: u16(96),
      96: u32(50, 0),
      128: concat(u16(14), new Uint8Array(14)),
    },
  })
}
