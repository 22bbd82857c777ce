import {
  type DescriptorSpec,
  descriptor,
  directory,
  image,
  joined,
  latin1,
  type RecordSpec,
  record,
  SECTOR,
  TERMINATOR,
} from '../../parsers/iso9660/image-builder.ts'
import { noise } from '../squashfs-source.ts'

/**
 * An ISO 9660 image with plain names that all readers agree on: files, a directory in a directory, an empty one, and
 * both path tables. Each thing stands in a sector that is known.
 */

export const SECTORS = { descriptor: 16, pathL: 18, pathM: 19, root: 20, dir: 21, sub: 22, empty: 23, a: 24, b: 25 }
const MORE = { inner: 28, deep: 29, zz: 30 }
const CONTENT = { a: 'the first\n', inner: 'inner\n', deep: 'deep below\n', zz: 'the last\n' }
const TOTAL = 32

/** What a case changes, of records by name and of the volume descriptor. */
export interface Iso9660Layout {
  readonly records?: Readonly<Record<string, Partial<RecordSpec>>>
  /** Bytes in place of a record. */
  readonly replaced?: Readonly<Record<string, Uint8Array>>
  readonly descriptor?: Partial<DescriptorSpec>
  /** Names in the root, in the order they stand there. */
  readonly order?: readonly string[]
  /** Changes the finished image. */
  readonly edit?: (bytes: Uint8Array) => void
}

const ROOT = ['A.TXT;1', 'B.DAT;1', 'DIR', 'EMPTY', 'ZZ.TXT;1']

/** Where fields of the volume descriptor stand in the image, and of a directory record in the record (ECMA-119 8.4, 9.1). */
export const FIELD = {
  spaceSize: 80,
  setSize: 120,
  sequenceNumber: 124,
  blockSize: 128,
  pathTableSize: 132,
  pathL: 140,
  pathM: 148,
  root: 156,
  fileStructureVersion: 881,
}

/** Makes the sample. */
export function makeIso9660({ records = {}, replaced = {}, order = ROOT, ...more }: Iso9660Layout = {}): Uint8Array {
  const made = (name: string, spec: Omit<RecordSpec, 'name'>): Uint8Array =>
    replaced[name] ?? record({ name, ...spec, ...records[name] })
  const text = (name: string, block: number, content: string): Uint8Array => made(name, { block, size: content.length })
  const inRoot: Record<string, Uint8Array> = {
    'A.TXT;1': text('A.TXT;1', SECTORS.a, CONTENT.a),
    'B.DAT;1': made('B.DAT;1', { block: SECTORS.b, size: 5000 }),
    DIR: made('DIR', { block: SECTORS.dir, size: SECTOR, flags: 2 }),
    EMPTY: made('EMPTY', { block: SECTORS.empty, size: SECTOR, flags: 2 }),
    'ZZ.TXT;1': text('ZZ.TXT;1', MORE.zz, CONTENT.zz),
  }
  const sub = made('SUB', { block: SECTORS.sub, size: SECTOR, flags: 2 })
  const bytes = image(TOTAL, {
    [SECTORS.descriptor]: descriptor({ rootBlock: SECTORS.root, blocks: TOTAL, ...more.descriptor }),
    17: TERMINATOR,
    [SECTORS.pathL]: pathTable(true),
    [SECTORS.pathM]: pathTable(false),
    [SECTORS.root]: directory(
      SECTORS.root,
      SECTORS.root,
      order.map((name) => inRoot[name]!),
    ),
    [SECTORS.dir]: directory(SECTORS.dir, SECTORS.root, [text('INNER.TXT;1', MORE.inner, CONTENT.inner), sub]),
    [SECTORS.sub]: directory(SECTORS.sub, SECTORS.dir, [text('DEEP.TXT;1', MORE.deep, CONTENT.deep)]),
    [SECTORS.empty]: directory(SECTORS.empty, SECTORS.root, []),
    [SECTORS.a]: latin1(CONTENT.a),
    [SECTORS.b]: noise(5000, 21),
    [MORE.inner]: latin1(CONTENT.inner),
    [MORE.deep]: latin1(CONTENT.deep),
    [MORE.zz]: latin1(CONTENT.zz),
  })
  const view = new DataView(bytes.buffer)
  const at = SECTORS.descriptor * SECTOR
  view.setUint32(at + FIELD.pathTableSize, PATH_TABLE_SIZE, true)
  view.setUint32(at + FIELD.pathTableSize + 4, PATH_TABLE_SIZE, false)
  view.setUint32(at + FIELD.pathL, SECTORS.pathL, true)
  view.setUint32(at + FIELD.pathM, SECTORS.pathM, false)
  bytes[at + FIELD.fileStructureVersion] = 1
  more.edit?.(bytes)
  return bytes
}

/** Both path tables list the four directories, level by level (ECMA-119 9.4). */
function pathTable(little: boolean): Uint8Array {
  const one = (name: string, block: number, parent: number): Uint8Array => {
    const bytes = new Uint8Array(8 + name.length + (name.length & 1))
    const view = new DataView(bytes.buffer)
    bytes[0] = name.length
    view.setUint32(2, block, little)
    view.setUint16(6, parent, little)
    bytes.set(latin1(name), 8)
    return bytes
  }
  return joined([
    one('\0', SECTORS.root, 1),
    one('DIR', SECTORS.dir, 1),
    one('EMPTY', SECTORS.empty, 1),
    one('SUB', SECTORS.sub, 2),
  ])
}

const PATH_TABLE_SIZE = 10 + 12 + 14 + 12
