import { describe, expect, it } from 'vitest'
import { bytesSource, formatError } from '../../../parsers/bytes/source.ts'
import { pathOf } from '../../../parsers/image.ts'
import { type Iso9660Image, openIso9660 } from '../../../parsers/iso9660/index.ts'
import {
  both32,
  ce,
  cl,
  descriptor,
  directory,
  entry,
  image,
  joined,
  latin1,
  nm,
  px,
  RE,
  record,
  rockRidgeImage,
  SECTOR,
  SP,
  simpleImage,
  TERMINATOR,
} from './image-builder.ts'

const open = (bytes: Uint8Array): Iso9660Image => openIso9660(bytesSource(bytes, 'test.iso'))

const paths = (iso: Iso9660Image): string[] => iso.tree.entries.map((one) => pathOf(iso.tree, one))

const messages = (iso: Iso9660Image): string[] => iso.warnings.map((warning) => warning.message)

const details = (iso: Iso9660Image): string[] => iso.warnings.map((warning) => warning.detail)

const find = (iso: Iso9660Image, name: string) => iso.tree.entries.find((one) => one.name === name)!

const FILE = 0o100644

describe('names', () => {
  it('cuts versions and the dot of an empty extension', () => {
    const iso = open(simpleImage(['A.;1', 'B.TXT;12', 'C', 'D;X', '.;1'].map((name) => record({ name }))))
    expect(paths(iso)).toEqual(['/', '/A', '/B.TXT', '/C', '/D;X', '/_'])
    expect(details(iso)).toEqual(['a file identifier that is invalid in a path is shown with "_"'])
  })

  it('keeps all versions of a name, and all records of one name', () => {
    const names = ['A.TXT;3', 'A.TXT;2', 'A.TXT;2', 'B', 'B']
    const iso = open(simpleImage(names.map((name, index) => record({ name, block: 40 + index, size: 5 }))))
    expect(paths(iso)).toEqual(['/', '/A.TXT', '/A.TXT;2', '/A.TXT;2;duplicate-2', '/B', '/B;duplicate-2'])
  })

  it('lists hidden files, and associated ones beside their data file', () => {
    const iso = open(
      simpleImage([
        record({ name: 'DATA', flags: 4, block: 40, size: 7 }),
        record({ name: 'DATA', block: 41, size: 9 }),
        record({ name: 'HIDDEN', flags: 1, block: 42, size: 1 }),
      ]),
    )
    expect(paths(iso)).toEqual(['/', '/DATA', '/DATA;associated', '/HIDDEN'])
    expect(find(iso, 'DATA').size).toBe(9)
  })

  it('takes Rock Ridge names over identifiers, put together of all their parts', () => {
    const iso = open(
      rockRidgeImage(
        [
          record({ name: 'A;1', systemUse: [px(FILE), nm('semi;1')] }),
          record({ name: 'B', systemUse: [px(FILE), nm('one ', 1), nm('two ', 1), ce(30, 10, 12)] }),
          record({ name: 'C', systemUse: [px(FILE), nm('', 2)] }),
        ],
        { 30: joined([new Uint8Array(10), nm('three'), nm('x')]) },
      ),
    )
    expect(iso.nameTree).toBe('rockRidge')
    expect(paths(iso)).toEqual(['/', '/C', '/one two three', '/semi;1'])
    expect(find(iso, 'semi;1')).toMatchObject({ mode: 0o644, uid: 1000, gid: 100 })
    expect(messages(iso)).toEqual([])
  })

  it.each(['nul\0byte', 'a/b', '..', '.'])('does not let the name %j stand for another path', (name) => {
    const iso = open(rockRidgeImage([record({ name: 'SAFE', systemUse: [px(FILE), nm(name)] })]))
    expect(paths(iso)).toEqual(['/', '/SAFE'])
    expect(details(iso)).toEqual(['a name that is invalid in a path is replaced by the ISO 9660 identifier'])
  })

  it('reads Rock Ridge without its SP entry, and behind CD-ROM XA', () => {
    const records = [record({ name: 'A', systemUse: [px(FILE), nm('name')] })]
    const forgotten = open(simpleImage(records, {}, [px(0o40755)]))
    expect(paths(forgotten)).toEqual(['/', '/name'])
    expect(details(forgotten)).toEqual(['Rock Ridge is in use without the SP entry that announces it'])
    const sp = entry('SP', [Uint8Array.of(0xbe, 0xef, 14)])
    const xa = new Uint8Array(14)
    const inside = [record({ name: 'A', systemUse: [xa, px(FILE), nm('name')] })]
    expect(paths(open(simpleImage(inside, {}, [xa, sp, px(0o40755)])))).toEqual(['/', '/name'])
  })

  it('prefers Rock Ridge, then Joliet, then enhanced, then plain names', () => {
    const joliet = (text: string): string => [...text].map((char) => `\0${char}`).join('')
    const bytes = (skip: readonly number[], self: readonly Uint8Array[]): Uint8Array => {
      const descriptors = [
        descriptor({ rootBlock: 24 }),
        descriptor({ type: 2, escapes: '%/E', rootBlock: 25 }),
        descriptor({ type: 2, version: 2, rootBlock: 26 }),
      ].filter((_, index) => !skip.includes(index))
      return image(64, {
        16: joined([...descriptors, TERMINATOR]),
        24: directory(24, 24, [record({ name: 'PLAIN.;1', systemUse: [px(FILE), nm('rock ridge')] })], self),
        25: directory(25, 25, [record({ name: joliet('Joliet;1') })]),
        26: directory(26, 26, [record({ name: 'enhanced.;1' })]),
      })
    }
    expect(paths(open(bytes([], [SP, px(0o40755)])))).toEqual(['/', '/rock ridge'])
    expect(paths(open(bytes([], [])))).toEqual(['/', '/Joliet'])
    expect(paths(open(bytes([1], [])))).toEqual(['/', '/enhanced.;1'])
    expect(paths(open(bytes([1, 2], [])))).toEqual(['/', '/PLAIN'])
    const noPrimary = open(bytes([0], []))
    expect(paths(noPrimary)).toEqual(['/', '/Joliet'])
    expect(details(noPrimary)).toEqual(['the primary volume descriptor is missing; another one is used'])
  })

  it('shows the Joliet tree where the Rock Ridge tree is empty', () => {
    const iso = open(
      image(64, {
        16: joined([descriptor({ rootBlock: 24 }), descriptor({ type: 2, escapes: '%/@', rootBlock: 25 }), TERMINATOR]),
        24: directory(24, 24, [], [SP, px(0o40755)]),
        25: directory(25, 25, [record({ name: '\0a' })]),
      }),
    )
    expect(paths(iso)).toEqual(['/', '/a'])
    expect(details(iso)).toEqual(['the Rock Ridge tree is empty, so the Joliet tree is shown'])
  })
})

describe('system use areas', () => {
  it('refuses loops of continuation areas', () => {
    const self = record({ name: 'A', systemUse: [px(FILE), ce(30, 0, 28)] })
    const iso = open(rockRidgeImage([self], { 30: ce(30, 0, 28) }))
    expect(paths(iso)).toEqual(['/', '/A'])
    expect(details(iso)).toEqual(['the continuation areas form a loop; it is not followed'])
    expect(iso.complete).toBe(false)
    const circle = rockRidgeImage([self], { 30: ce(31, 0, 28), 31: ce(30, 14, 28) })
    expect(details(open(circle))).toEqual(['the continuation areas form a loop; it is not followed'])
  })

  it('follows 64 continuation areas and no more', () => {
    const chain = Array.from({ length: 70 }, (_, index) => ce(30, (index + 1) * 28, 28))
    const iso = open(rockRidgeImage([record({ name: 'A', systemUse: [ce(30, 0, 28)] })], { 30: joined(chain) }))
    expect(details(iso)).toEqual(['more than 64 continuation areas; the rest is ignored'])
  })

  it('refuses areas that are too large or beyond the end', () => {
    const outside = rockRidgeImage([record({ name: 'A', systemUse: [nm('kept'), ce(1000, 0, 28)] })])
    const iso = open(outside)
    expect(paths(iso)).toEqual(['/', '/kept'])
    expect(details(iso)).toEqual(['the continuation area lies beyond the end of the image'])
    const huge = new Uint8Array(3 << 20)
    huge.set(rockRidgeImage([record({ name: 'A', systemUse: [ce(30, 0, 2 << 20)] })]))
    expect(details(open(huge))).toEqual(['more than 1048576 bytes of continuation areas; the rest is ignored'])
  })

  it('reads areas once, however many records point to them', () => {
    // Each area may be 1 MiB of entries; without a limit on all of them, 15 000 records would read 15 GB.
    const area = joined(Array.from({ length: 80 }, () => nm('x'.repeat(250), 1))).subarray(0, 18 * SECTOR)
    const records = Array.from({ length: 400 }, (_, index) =>
      record({ name: `F${index}`, systemUse: [ce(40, 0, area.length)] }),
    )
    const root = directory(64, 64, records, [SP, px(0o40755)])
    const bytes = image(200, {
      16: descriptor({ rootBlock: 64, rootSize: root.length }),
      17: TERMINATOR,
      40: area,
      64: root,
    })
    expect(details(open(bytes)).some((detail) => detail.startsWith('all continuation areas together'))).toBe(true)
  })

  it('stops an area at what is no entry', () => {
    const odd = [Uint8Array.of(0x4e, 0x4d, 3, 1), nm('hidden')]
    expect(paths(open(rockRidgeImage([record({ name: 'A', systemUse: [nm('kept'), ...odd] })])))).toEqual([
      '/',
      '/kept',
    ])
    const long = [Uint8Array.of(0x4e, 0x4d, 200, 1, 0)]
    expect(paths(open(rockRidgeImage([record({ name: 'A', systemUse: long })])))).toEqual(['/', '/A'])
  })

  it('puts symbolic links together', () => {
    const component = (flags: number, text = ''): Uint8Array =>
      joined([Uint8Array.of(flags, text.length), latin1(text)])
    const sl = (flags: number, ...components: Uint8Array[]): Uint8Array =>
      entry('SL', [Uint8Array.of(flags), ...components])
    const link = (name: string, ...systemUse: Uint8Array[]): Uint8Array =>
      record({ name, size: 99, block: 40, systemUse: [px(0o120777), ...systemUse] })
    const iso = open(
      rockRidgeImage([
        link('A', sl(0, component(8), component(0, 'nix'), component(0, 'store'))),
        link(
          'B',
          sl(1, component(4), component(2), component(1, 'con')),
          sl(0, component(1, 'tin'), component(0, 'ued')),
        ),
        link('C', sl(1, component(0, 'one')), sl(0, component(0, 'two'))),
        link('D', sl(0, component(8))),
        link('E'),
      ]),
    )
    const targets = iso.tree.entries.slice(1).map((one) => one.target)
    expect(targets).toEqual(['/nix/store', '.././continued', 'one/two', '/', ''])
    // A link's extent is nobody's, whatever its record says.
    expect(iso.tree.entries[1]).toMatchObject({ type: 'symlink', size: 10 })
    expect(new Set(iso.tree.entries.map((one) => one.identity)).size).toBe(6)
  })

  it('reads stamps in short and long form', () => {
    const short = (day: number): Uint8Array => Uint8Array.of(70, 1, day, 0, 0, 0, 4)
    const tf = (flags: number, ...stamps: Uint8Array[]): Uint8Array => entry('TF', [Uint8Array.of(flags), ...stamps])
    const iso = open(
      rockRidgeImage([
        record({ name: 'A', systemUse: [tf(3, short(1), short(3))] }),
        record({ name: 'B', systemUse: [tf(2, short(3))] }),
        record({ name: 'C', systemUse: [tf(1, short(3))] }),
        record({ name: 'D', systemUse: [tf(0x82, joined([latin1('1970010200000000'), Uint8Array.of(0)]))] }),
        record({ name: 'E', systemUse: [tf(2, short(3).subarray(0, 6))] }),
      ]),
    )
    const day = 86_400
    // 2000-01-01, the record's own date, where TF has none.
    expect(iso.tree.entries.slice(1).map((one) => one.mtime)).toEqual([
      2 * day - 3600,
      2 * day - 3600,
      2 * day - 3600,
      day,
      946_684_800,
    ])
  })

  it('reads device numbers in both ways they are written', () => {
    const pn = (high: number, low: number): Uint8Array => entry('PN', [both32(high), both32(low)])
    const device = (name: string, high: number, low: number): Uint8Array =>
      record({ name, systemUse: [px(0o20600), pn(high, low)] })
    const iso = open(
      rockRidgeImage([device('A', 5, 1), device('B', 0, 0x501), device('C', 0, 7), device('D', 0, 0x11110370)]),
    )
    expect(iso.tree.entries.slice(1).map((one) => one.device)).toEqual([
      { major: 5, minor: 1 },
      { major: 5, minor: 1 },
      { major: 0, minor: 7 },
      { major: 259, minor: 70_000 },
    ])
  })
})

describe('directories', () => {
  const folder = (name: string, block: number, more: readonly Uint8Array[] = []): Uint8Array =>
    record({ name, block, size: SECTOR, flags: 2, systemUse: more })

  it('lists each directory once', () => {
    const iso = open(
      simpleImage([folder('SELF', 20), folder('SUB', 30)], {
        30: directory(30, 20, [folder('UP', 20), folder('SELF', 30)]),
      }),
    )
    expect(paths(iso)).toEqual(['/', '/SELF', '/SUB', '/SUB/SELF', '/SUB/UP'])
    expect(details(iso)).toEqual(
      Array(3).fill('the same directory is reached twice; its contents are listed at the first place only'),
    )
  })

  it('counts warnings of one kind instead of repeating them', () => {
    const iso = open(simpleImage(Array.from({ length: 30 }, (_, index) => folder(`D${index}`, 20))))
    expect(iso.warnings.length).toBe(4)
    expect(iso.warnings[3]!.detail).toContain('27 more like this')
  })

  it('reads nothing beyond the end, and allocates nothing for it', () => {
    const bytes = image(24, {
      16: descriptor({ rootBlock: 20, rootSize: 0xfffff800 }),
      17: TERMINATOR,
      20: directory(20, 20, [record({ name: 'A' })]),
    })
    // Its own record lies as well; as it did not, it would be what counts.
    bytes.set(both32(0xfffff800), 20 * SECTOR + 10)
    const iso = open(bytes)
    expect(paths(iso)).toEqual(['/', '/A'])
    expect(details(iso)).toContain('a directory lies beyond the end of the image or continues there')
    expect(iso.complete).toBe(false)
  })

  it('leaves a directory that has become something else', () => {
    const bytes = image(400, {
      16: descriptor({ rootBlock: 20, rootSize: 380 * SECTOR }),
      17: TERMINATOR,
      20: directory(20, 20, [record({ name: 'A' })]),
    })
    bytes.set(both32(380 * SECTOR), 20 * SECTOR + 10)
    expect(details(open(bytes))).toEqual(['a directory is left after 32 sectors without a record'])
  })

  describe('whose own record has another size than the one that leads there', () => {
    const TOLD = 'the size in the directory’s own record differs from that in its parent; its own is used'
    /** D has two sectors, the second with Z in it; behind it lies another directory, with X. */
    const between = (stated: number, own: number, extent = 21): Iso9660Image => {
      const first = directory(21, 20, [record({ name: 'A' })])
      first.set(both32(own), 10)
      first.set(both32(extent), 2)
      const second = new Uint8Array(SECTOR)
      second.set(record({ name: 'Z' }))
      return open(
        simpleImage([record({ name: 'D', block: 21, size: stated, flags: 2 })], {
          21: joined([first, second]),
          23: directory(23, 20, [record({ name: 'X' })]),
        }),
      )
    }
    const whole = ['/', '/D', '/D/A', '/D/Z']

    it.each<[string, number]>([
      ['more', 3 * SECTOR],
      ['less', SECTOR],
      ['more than the image has', 1 << 24],
    ])('is read by its own, where the other says %s', (_, stated) => {
      const iso = between(stated, 2 * SECTOR)
      expect(paths(iso)).toEqual(whole)
      expect(details(iso)).toEqual([TOLD])
      expect(iso.complete).toBe(true)
    })

    it.each<[string, number, number]>([
      ['is 0', 0, 21],
      ['leaves the image', 1 << 24, 21],
      ['is of another directory', SECTOR, 23],
    ])('is read by the other, where its own %s', (_, own, extent) => {
      const iso = between(2 * SECTOR, own, extent)
      expect(paths(iso)).toEqual(whole)
      expect(details(iso)).toEqual([])
    })

    it('is read by its own, of the root as well', () => {
      const bytes = simpleImage([record({ name: 'A' })])
      bytes.set(both32(0), 16 * SECTOR + 156 + 10)
      const iso = open(bytes)
      expect(paths(iso)).toEqual(['/', '/A'])
      expect(iso.complete).toBe(true)
    })

    it('means the same where both have the same number of sectors', () => {
      const iso = between(SECTOR + 8, 2 * SECTOR)
      expect(paths(iso)).toEqual(whole)
      expect(details(iso)).toEqual([])
    })
  })

  it.each([
    ['shorter than 34 bytes', 0, 20],
    ['crosses the end of its sector', 0, 255],
    ['has no file identifier', 32, 0],
    ['file identifier is longer than its record', 32, 40],
  ])('skips the rest of the sector behind a record that %s', (why, field, value) => {
    // After '.' and '..' 55 records of 36 bytes fill the first sector; the damaged one is the last of them.
    const records = Array.from({ length: 60 }, (_, index) => record({ name: `F${10 + index}` }))
    const bytes = simpleImage(records)
    bytes[20 * SECTOR + 68 + 54 * 36 + field] = value
    const iso = open(bytes)
    expect(details(iso)).toEqual([expect.stringContaining(`${why}; the rest of its sector is skipped`)])
    expect(iso.complete).toBe(false)
    const names = paths(iso)
    expect(names.length).toBe(60)
    expect(names).toContain('/F63')
    expect(names).not.toContain('/F64')
    expect(names).toContain('/F65')
  })

  it('puts moved directories back where they were', () => {
    const iso = open(
      rockRidgeImage(
        [record({ name: 'HERE', systemUse: [nm('here'), cl(31)] }), folder('RR_MOVED', 30, [nm('rr_moved')])],
        {
          30: directory(30, 20, [folder('HERE', 31, [nm('here'), RE])]),
          31: directory(31, 30, [record({ name: 'F', systemUse: [nm('file')] })], [px(0o40700)]),
        },
      ),
    )
    expect(paths(iso)).toEqual(['/', '/here', '/here/file'])
    expect(find(iso, 'here')).toMatchObject({ type: 'directory', mode: 0o700 })
    expect(messages(iso)).toEqual([])
  })

  it('shows a moved directory that nothing leads to', () => {
    const iso = open(
      rockRidgeImage([folder('RR_MOVED', 30, [nm('rr_moved')])], {
        30: directory(30, 20, [folder('LOST', 31, [nm('lost'), RE])]),
        31: directory(31, 30, [record({ name: 'F', systemUse: [nm('file')] })]),
      }),
    )
    expect(paths(iso)).toEqual(['/', '/rr_moved', '/rr_moved/lost', '/rr_moved/lost/file'])
    expect(details(iso)).toEqual(['no CL entry leads to a relocated directory; it is shown where it was moved to'])
  })

  it('refuses child links to an ancestor and to what is no directory', () => {
    const iso = open(
      rockRidgeImage([
        record({ name: 'A', systemUse: [nm('loop'), cl(20)] }),
        record({ name: 'B', systemUse: [nm('nowhere'), cl(40)] }),
        record({ name: 'C', systemUse: [nm('outside'), cl(0xffffffff)] }),
      ]),
    )
    expect(paths(iso)).toEqual(['/', '/loop', '/nowhere', '/outside'])
    expect(new Set(details(iso))).toEqual(
      new Set([
        'the same directory is reached twice; its contents are listed at the first place only',
        'the child link does not lead to a directory',
      ]),
    )
  })

  it('does not go deeper than it can name', () => {
    const levels = 2100
    const parts: Record<number, Uint8Array> = { 16: descriptor({ rootBlock: 20 }), 17: TERMINATOR }
    for (let level = 0; level < levels; level += 1)
      parts[20 + level] = directory(20 + level, 20, [folder('D', 21 + level)])
    const iso = open(image(levels + 21, parts))
    expect(iso.tree.entries.length).toBe(2049)
    expect(details(iso)).toContain('directories deeper than 2048 are listed without contents')
  })
})

describe('volumes', () => {
  it.each([512, 1024])('counts in blocks of %i bytes', (blockSize) => {
    const scale = SECTOR / blockSize
    const root = directory(20 * scale, 20 * scale, [record({ name: 'A', block: 40 * scale + 1, size: 5 })])
    const bytes = image(64, { 16: descriptor({ rootBlock: 20 * scale, blockSize }), 17: TERMINATOR, 20: root })
    bytes.set(latin1('hello'), 40 * SECTOR + blockSize)
    const iso = open(bytes)
    const [run] = iso.runs(find(iso, 'A'))
    expect(run).toMatchObject({ offset: 40 * SECTOR + blockSize, storedLength: 5 })
    expect(messages(iso)).toEqual([])
  })

  it('tolerates a root record of another length, two primary descriptors and a missing terminator', () => {
    const root = directory(24, 24, [record({ name: 'A' })])
    const first = descriptor({ rootBlock: 24, rootLength: 68 })
    const iso = open(image(64, { 16: joined([first, first]), 24: root }))
    expect(paths(iso)).toEqual(['/', '/A'])
    expect(details(iso)).toEqual(['the terminator is missing', 'a further primary volume descriptor is not used'])
  })

  it('finds the descriptors behind a damaged sector', () => {
    const joliet = descriptor({ type: 2, escapes: '%/E', rootBlock: 24 })
    const iso = open(
      image(64, {
        16: new Uint8Array(SECTOR),
        17: joined([joliet, TERMINATOR]),
        24: directory(24, 24, [record({ name: '\0a' })]),
      }),
    )
    expect(paths(iso)).toEqual(['/', '/a'])
  })

  it('shows an empty tree where no root directory can be read', () => {
    const iso = open(image(20, { 16: descriptor({ rootBlock: 100 }), 17: TERMINATOR }))
    expect(paths(iso)).toEqual(['/'])
    expect(iso.complete).toBe(false)
    expect(iso.facts['nameTree']).toBe('none')
  })

  it('uses the little-endian number of two that differ, unless only the other can be true', () => {
    const iso = open(
      simpleImage([
        record({ name: 'A', block: 40, bigBlock: 41, size: 10, bigSize: 11 }),
        record({ name: 'B', block: 0x1000000, bigBlock: 42, size: 10 }),
      ]),
    )
    expect([...iso.runs(find(iso, 'A'))]).toMatchObject([{ offset: 40 * SECTOR, length: 10 }])
    expect([...iso.runs(find(iso, 'B'))]).toMatchObject([{ offset: 42 * SECTOR, length: 10 }])
    expect(messages(iso).length).toBe(3)
  })

  it('says of a file on another volume that it is there', () => {
    const root = directory(20, 20, [record({ name: 'A', block: 40, size: 10, volume: 2 })])
    const iso = open(image(64, { 16: descriptor({ rootBlock: 20, setSize: 2 }), 17: TERMINATOR, 20: root }))
    expect(() => [...iso.runs(find(iso, 'A'))]).toThrow(/volume 2 of the volume set/)
    expect(iso.complete).toBe(false)
  })

  it('reads a file here whose record has the root’s number, though the volume has another', () => {
    const root = directory(20, 20, [record({ name: 'A', block: 40, size: 10 })])
    const primary = descriptor({ rootBlock: 20, setSize: 2 })
    primary.set([2, 0, 0, 2], 124)
    const iso = open(image(64, { 16: primary, 17: TERMINATOR, 20: root }))
    expect([...iso.runs(find(iso, 'A'))]).toMatchObject([{ offset: 40 * SECTOR, length: 10 }])
    expect(iso.complete).toBe(true)
  })
})

describe('extents', () => {
  const part = (name: string, block: number, size: number, last = false): Uint8Array =>
    record({ name, block, size, flags: last ? 0 : 0x80 })

  it('joins the extents of a file over 4 GiB', () => {
    const large = 0xfffff800
    const iso = open(
      simpleImage([
        part('BIG', 30, large),
        part('BIG', 40, large),
        part('BIG', 50, 7, true),
        record({ name: 'C', block: 60, size: 1 }),
      ]),
    )
    expect(paths(iso)).toEqual(['/', '/BIG', '/C'])
    expect(find(iso, 'BIG').size).toBe(2 * large + 7)
    expect([...iso.runs(find(iso, 'BIG'))].map((run) => [run.offset, run.length])).toEqual([
      [30 * SECTOR, large],
      [40 * SECTOR, large],
      [50 * SECTOR, 7],
    ])
    // They lie beyond the end of this little image, which says so.
    expect(iso.warnings[0]).toMatchObject({ code: 'TRUNCATED', facts: { found: 34 * SECTOR, expected: large } })
  })

  it('keeps what there is of a file without its last extent', () => {
    const iso = open(simpleImage([part('A', 30, 10), record({ name: 'B', block: 31, size: 5 }), part('C', 32, 20)]))
    expect(iso.tree.entries.map((one) => one.size)).toEqual([0, 10, 5, 20])
    expect(details(iso)).toEqual(Array(2).fill('the last extent of a file is missing; shown with those there are'))
  })

  it('knows hard links by their extents, and empty files by nothing', () => {
    const iso = open(
      simpleImage([
        record({ name: 'A', block: 40, size: 10 }),
        record({ name: 'B', block: 40, size: 10 }),
        record({ name: 'C', block: 40, size: 11 }),
        record({ name: 'D', block: 40, size: 11 }),
        record({ name: 'E', block: 40, size: 0 }),
        record({ name: 'F', block: 40, size: 0 }),
      ]),
    )
    const [, a, b, c, d, e, f] = iso.tree.entries.map((one) => one.identity)
    expect(a).toBe(b)
    expect(c).toBe(d)
    expect(new Set([a, c, e, f]).size).toBe(4)
    expect([...iso.runs(iso.tree.entries[5]!)]).toEqual([])
  })

  it('reads past an extended attribute record', () => {
    const iso = open(simpleImage([record({ name: 'A', block: 40, size: 10, extendedAttributeLength: 2 })]))
    expect([...iso.runs(find(iso, 'A'))]).toMatchObject([{ offset: 42 * SECTOR }])
  })

  it('reads interleaved files unit by unit', () => {
    const iso = open(
      simpleImage([record({ name: 'A', block: 40, size: 3 * SECTOR + 1, fileUnitSize: 1, interleaveGap: 2 })]),
    )
    expect([...iso.runs(find(iso, 'A'))].map((run) => [run.offset / SECTOR, run.length])).toEqual([
      [40, SECTOR],
      [43, SECTOR],
      [46, SECTOR],
      [49, 1],
    ])
    const many = Array.from({ length: 20 }, (_, index) =>
      record({ name: `A${index}`, block: 40, size: 40 * SECTOR, fileUnitSize: 1, interleaveGap: 1 }),
    )
    expect(details(open(simpleImage(many)))).toContain(
      'the file units of all interleaved files are more than the image has room for; read as one',
    )
  })
})

describe('damage', () => {
  it('says in one sentence what is missing', () => {
    expect(() => open(image(16, {}))).toThrow(
      'test.iso: volume descriptor set (ECMA-119 6.7.1) at 0x8000: the file ends before its volume descriptors do',
    )
    expect(() => open(image(20, { 16: TERMINATOR }))).toThrow(/there is no volume descriptor with a directory tree/)
  })
})

describe('a supplementary volume descriptor that the disk cannot read', () => {
  it('leaves the image incomplete, and the rest is shown', () => {
    const bytes = image(64, {
      16: descriptor({ rootBlock: 20 }),
      17: descriptor({ type: 2, escapes: '%/E', rootBlock: 21 }),
      18: TERMINATOR,
      20: directory(20, 20, [record({ name: 'A', block: 30, size: 5 })]),
      21: directory(21, 21, []),
    })
    const whole = bytesSource(bytes, 'test.iso')
    /** Bytes of the descriptor behind what tells its kind. */
    const [start, end] = [17 * SECTOR + 150, 18 * SECTOR]
    const read = (offset: number, length: number): Uint8Array => {
      if (offset < end && offset + length > start) {
        throw formatError('IO', 'the disk cannot read it', whole, { structure: 'file', offset })
      }
      return whole.read(offset, length)
    }
    const iso = openIso9660({
      ...whole,
      read,
      readInto: (target, offset) => target.set(read(offset, target.length)),
    })
    expect(iso.complete).toBe(false)
    expect(iso.warnings.map(({ code }) => code)).toContain('IO')
    expect(iso.tree.entries.map(({ name }) => name)).toEqual(['', 'A'])
  })
})
