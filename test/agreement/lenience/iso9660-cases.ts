import { both16, both32, record, SECTOR } from '../../parsers/iso9660/image-builder.ts'
import { type Case, rowsOf } from './case.ts'
import { FIELD, type Iso9660Layout, makeIso9660, SECTORS } from './iso9660-sample.ts'

const sound = (): Uint8Array => makeIso9660()

/** The sample in another layout: it must read as the usual one. */
function laidOut(layout: Iso9660Layout): Pick<Case, 'sound' | 'changed'> {
  return { sound, changed: () => makeIso9660(layout) }
}

/** The sample with bytes overwritten, at an offset in a sector. */
const set = (sector: number, offset: number, bytes: Uint8Array | readonly number[]): Pick<Case, 'sound' | 'changed'> =>
  laidOut({ edit: (image) => image.set(bytes, sector * SECTOR + offset) })

const descriptor = (
  field: keyof typeof FIELD,
  bytes: Uint8Array | readonly number[],
): Pick<Case, 'sound' | 'changed'> => set(SECTORS.descriptor, FIELD[field], bytes)

/** A record of the root, with bytes of no meaning behind it and counted by its length. */
function padded(name: string, block: number, size: number, extra: number): Uint8Array {
  const plain = record({ name, block, size })
  const bytes = new Uint8Array(plain.length + extra)
  bytes.set(plain)
  bytes[0] = bytes.length
  return bytes
}

/** `A.TXT;1` with a length that is odd, for the byte that makes it even is missing where it is needed. */
function odd(): Uint8Array {
  const bytes = record({ name: 'AA.TXT;1', block: SECTORS.a, size: 10 }).slice(0, -1)
  bytes[0] = bytes.length
  return bytes
}

const pvd = rowsOf('volume descriptor')
const rec = rowsOf('directory record')
const dir = rowsOf('directory')
const path = rowsOf('path table')

/** Offsets in the root's `DIR` record and in a record at all (ECMA-119 9.1). */
const EXTENT = 2
const LENGTH = 10
const ROOT_A = 34 + 34
const ROOT_B = ROOT_A + 40
const ROOT_DIR = ROOT_B + 40
const little = (value: number): Uint8Array => both32(value).subarray(0, 4)
const big = (value: number): Uint8Array => both32(value).subarray(4)

export const ISO9660_READERS = ['xorriso', 'isoinfo', '7zz'] as const

// biome-ignore format: one case a line, as in the table
export const iso9660Cases: readonly Case[] = [
  pvd('version', '2', set(SECTORS.descriptor, 6, [2]), 'refuses | refuses | all', 'all'),
  pvd('volume space size', '0', descriptor('spaceSize', both32(0)), 'all | all | all', 'all'),
  pvd('volume space size', 'less than the files take', descriptor('spaceSize', both32(20)), 'all | all | all', 'all'),
  pvd('volume space size', 'far more than the file', descriptor('spaceSize', both32(1 << 24)), 'all, warns | all | all, fails', 'all, fails', { why: 'all is shown; the file may be cut short' }),
  pvd('volume space size', '0 as big-endian', descriptor('spaceSize', both32(32, 0)), 'all | all | refuses', 'all'),
  pvd('volume space size', '0 as little-endian', descriptor('spaceSize', both32(0, 32)), 'all | all | refuses', 'all'),
  pvd('volume set size', '0', descriptor('setSize', both16(0)), 'all | all | all', 'all'),
  pvd('volume set size', '2, this being volume 1', descriptor('setSize', both16(2)), 'all | all | all', 'all'),
  pvd('volume sequence number', '0', descriptor('sequenceNumber', both16(0)), 'all | all | all', 'all'),
  pvd('volume sequence number', '2 of 2, records say 1', laidOut({ edit: (image) => image.set([...both16(2), ...both16(2)], SECTORS.descriptor * SECTOR + FIELD.setSize) }), 'all | all | all', 'all, warns', { before: 'part, fails' }),
  pvd('logical block size', '0 as big-endian', descriptor('blockSize', [0, 8, 0, 0]), 'all | all | all, fails', 'all'),
  pvd('logical block size', '0 as little-endian', descriptor('blockSize', [0, 0, 8, 0]), 'all | all | refuses', 'all, warns'),
  pvd('logical block size', '0', descriptor('blockSize', [0, 0, 0, 0]), 'all | all | refuses', 'all, warns'),
  pvd('file structure version', '0', descriptor('fileStructureVersion', [0]), 'refuses | all | all', 'all'),
  pvd('terminator', 'missing', set(17, 0, new Uint8Array(7)), 'refuses | all | refuses', 'all, warns'),
  pvd('root record', 'length byte 0', laidOut({ descriptor: { rootLength: 0 } }), 'all | all | all', 'all'),
  pvd('root record', 'length byte 68', laidOut({ descriptor: { rootLength: 68 } }), 'all | all | all', 'all'),
  pvd('root record', 'not marked as a directory', set(SECTORS.descriptor, FIELD.root + 25, [0]), 'all | all | part', 'all'),
  pvd('root record', 'data length 0', descriptor('root', rootRecord({ size: 0 })), 'all | part | part', 'all, warns', { before: 'refuses' }),
  pvd('root record', 'data length of its records, no whole sector', descriptor('root', rootRecord({ size: 300 })), 'all | all | all', 'all'),
  pvd('root record', 'data length past the image', descriptor('root', rootRecord({ size: 1 << 24 })), 'all | refuses | refuses', 'all, warns', { before: 'wrong, fails' }),
  pvd('root record', 'extent 0 as big-endian', descriptor('root', rootRecord({ bigBlock: 0 })), 'all | all | refuses', 'all, warns'),
  pvd('root record', 'extent past the image as little-endian', descriptor('root', rootRecord({ block: 1 << 24, bigBlock: SECTORS.root })), 'refuses | refuses | refuses', 'all, warns'),
  pvd('root record', 'identifier of length 0', set(SECTORS.descriptor, FIELD.root + 32, [0]), 'all | all | all', 'all'),

  path('path table size', '0', descriptor('pathTableSize', both32(0)), 'all | all | all', 'all'),
  path('path table size', 'past the image', descriptor('pathTableSize', both32(1 << 24)), 'all | all | all', 'all, warns'),
  path('path table size', '0 as big-endian', descriptor('pathTableSize', both32(48, 0)), 'all | all | refuses', 'all'),
  path('L location', '0', descriptor('pathL', [0, 0, 0, 0]), 'all | all | all', 'all'),
  path('M location', '0', descriptor('pathM', [0, 0, 0, 0]), 'all | all | all', 'all'),
  path('L and M location', 'past the image', laidOut({ edit: (image) => { image.fill(0x7f, SECTORS.descriptor * SECTOR + FIELD.pathL, SECTORS.descriptor * SECTOR + FIELD.root) } }), 'all | all | all', 'all, warns'),
  path('records', 'zeros', laidOut({ edit: (image) => { image.fill(0, SECTORS.pathL * SECTOR, SECTORS.root * SECTOR) } }), 'all | all | all', 'all, warns'),

  rec('length', 'odd, the padding is left out', { sound: () => makeIso9660({ replaced: { 'A.TXT;1': record({ name: 'AA.TXT;1', block: SECTORS.a, size: 10 }) } }), changed: () => makeIso9660({ replaced: { 'A.TXT;1': odd() } }) }, 'all | all | refuses', 'all'),
  rec('length', '6 more than it needs', laidOut({ replaced: { 'A.TXT;1': padded('A.TXT;1', SECTORS.a, 10, 6) } }), 'all | all | all', 'all'),
  rec('length', '0, others follow', set(SECTORS.root, ROOT_B, [0]), 'part | part | refuses', 'part'),
  rec('length', '255, over the records behind', set(SECTORS.root, ROOT_B, [255]), 'part | part | part', 'part'),
  rec('length', 'less than its identifier needs', set(SECTORS.root, ROOT_B, [36]), 'refuses | part | refuses', 'part, fails'),
  rec('identifier', 'of length 0', set(SECTORS.root, ROOT_B + 32, [0]), 'part, fails | wrong | wrong', 'part, fails'),
  rec('extent', '0 as big-endian', set(SECTORS.root, ROOT_B + EXTENT + 4, big(0)), 'all | all | refuses', 'all, warns'),
  rec('extent', '0 as little-endian', set(SECTORS.root, ROOT_B + EXTENT, little(0)), 'wrong | wrong | refuses', 'wrong, warns'),
  rec('extent', 'past the image as little-endian', set(SECTORS.root, ROOT_B + EXTENT, little(1 << 24)), 'part, fails | part, fails | refuses', 'all, warns'),
  rec('data length', '0 as big-endian', set(SECTORS.root, ROOT_B + LENGTH + 4, big(0)), 'all | all | refuses', 'all, warns'),
  rec('data length', '0 as little-endian', set(SECTORS.root, ROOT_B + LENGTH, little(0)), 'wrong | wrong | refuses', 'wrong, warns'),
  rec('data length', 'past the image as little-endian', set(SECTORS.root, ROOT_B + LENGTH, little(1 << 24)), 'part, fails | part, fails | refuses', 'all, warns'),
  rec('extended attribute length', '1, counted in the extent', laidOut({ records: { 'B.DAT;1': { block: SECTORS.b - 1, extendedAttributeLength: 1 } } }), 'all | wrong | refuses', 'all'),
  rec('volume sequence number', '0', laidOut({ records: { 'B.DAT;1': { volume: 0 } } }), 'all | all | all', 'all'),
  rec('volume sequence number', '2', laidOut({ records: { 'B.DAT;1': { volume: 2 } } }), 'all | all | all', 'all'),
  rec('flags', 'more extents follow, but none does', laidOut({ records: { 'ZZ.TXT;1': { flags: 0x80 } } }), 'part | all | all, fails', 'all, fails'),
  rec('order', 'from last to first', laidOut({ order: ['ZZ.TXT;1', 'EMPTY', 'DIR', 'B.DAT;1', 'A.TXT;1'] }), 'all | all | all', 'all'),

  dir('data length', '0', laidOut({ records: { DIR: { size: 0 } } }), 'all | part | part', 'all, warns'),
  dir('data length', 'of its records, no whole sector', laidOut({ records: { DIR: { size: 34 + 34 + 44 + 36 } } }), 'all | all | all', 'all'),
  dir('data length', 'half of its records', laidOut({ records: { DIR: { size: 34 + 34 + 44 } } }), 'all | all | part', 'all', { before: 'part' }),
  dir('data length', 'one sector more, which is another directory', laidOut({ records: { DIR: { size: 2 * SECTOR } } }), 'all | wrong | wrong', 'all, warns', { before: 'wrong' }),
  dir('data length', 'past the image', laidOut({ records: { DIR: { size: 1 << 24 } } }), 'all | refuses | refuses', 'all, warns', { before: 'wrong, fails' }),
  dir('data length', '0 in its own record', set(SECTORS.dir, LENGTH, both32(0)), 'part | all | all', 'all'),
  dir('extent', '0 in its own record', set(SECTORS.dir, EXTENT, both32(0)), 'all | all | all', 'all'),
  dir('extent', '0 in the record of its parent, ".."', set(SECTORS.dir, 34 + EXTENT, both32(0)), 'all | all | all', 'all'),
  dir('extent', '0 as big-endian', set(SECTORS.root, ROOT_DIR + EXTENT + 4, big(0)), 'all | all | refuses', 'all, warns'),
]

function rootRecord(spec: { size?: number; block?: number; bigBlock?: number }): Uint8Array {
  return record({ name: '\0', block: SECTORS.root, size: SECTOR, flags: 2, ...spec })
}
