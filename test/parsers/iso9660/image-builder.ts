/** Bytes of a sector and of a block of the images built here. */
export const SECTOR = 2048

/** A directory record and what may be wrong with it. */
export interface RecordSpec {
  /** The file identifier, one character a byte. */
  readonly name: string
  readonly block?: number
  readonly size?: number
  readonly flags?: number
  readonly systemUse?: readonly Uint8Array[]
  readonly extendedAttributeLength?: number
  readonly fileUnitSize?: number
  readonly interleaveGap?: number
  readonly volume?: number
  /** Length byte, when it shall lie. */
  readonly length?: number
  /** Big-endian twins, when they shall differ. */
  readonly bigBlock?: number
  readonly bigSize?: number
}

/** Latin-1 text as bytes. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** A number in both byte orders (ECMA-119 7.3.3). */
export function both32(value: number, big: number = value): Uint8Array {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, value, true)
  view.setUint32(4, big, false)
  return bytes
}

export function both16(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, value, true)
  view.setUint16(2, value, false)
  return bytes
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** A directory record (ECMA-119 9.1). */
export function record(spec: RecordSpec): Uint8Array {
  const name = latin1(spec.name)
  const systemUse = joined(spec.systemUse ?? [])
  const start = 33 + name.length + ((33 + name.length) & 1)
  const bytes = new Uint8Array(start + systemUse.length + (systemUse.length & 1))
  bytes[0] = spec.length ?? bytes.length
  bytes[1] = spec.extendedAttributeLength ?? 0
  bytes.set(both32(spec.block ?? 0, spec.bigBlock ?? spec.block ?? 0), 2)
  bytes.set(both32(spec.size ?? 0, spec.bigSize ?? spec.size ?? 0), 10)
  bytes.set([100, 1, 1, 0, 0, 0, 0], 18)
  bytes[25] = spec.flags ?? 0
  bytes[26] = spec.fileUnitSize ?? 0
  bytes[27] = spec.interleaveGap ?? 0
  bytes.set(both16(spec.volume ?? 1), 28)
  bytes[32] = name.length
  bytes.set(name, 33)
  bytes.set(systemUse, start)
  return bytes
}

/** A directory of one or more blocks: '.', '..' and the records given, none crossing a sector. */
export function directory(
  block: number,
  parent: number,
  records: readonly Uint8Array[],
  self: readonly Uint8Array[] = [],
): Uint8Array {
  const all = (size: number): Uint8Array[] => [
    record({ name: '\0', block, size, flags: 2, systemUse: self }),
    record({ name: '\x01', block: parent, size: SECTOR, flags: 2 }),
    ...records,
  ]
  const sectors = packed(all(SECTOR)).length
  return packed(all(sectors))
}

/** Records one after the other, in sectors. */
function packed(records: readonly Uint8Array[]): Uint8Array {
  const sectors: Uint8Array[] = [new Uint8Array(SECTOR)]
  let at = 0
  for (const bytes of records) {
    if (at + bytes.length > SECTOR) {
      sectors.push(new Uint8Array(SECTOR))
      at = 0
    }
    sectors.at(-1)!.set(bytes, at)
    at += bytes.length
  }
  return joined(sectors)
}

/** A system use entry (SUSP 4.1). */
export function entry(signature: string, data: readonly Uint8Array[], version = 1): Uint8Array {
  const body = joined(data)
  return joined([latin1(signature), Uint8Array.of(body.length + 4, version), body])
}

export const SP: Uint8Array = entry('SP', [Uint8Array.of(0xbe, 0xef, 0)])
export const ER: Uint8Array = entry('ER', [Uint8Array.of(10, 0, 0, 1), latin1('RRIP_1991A')])
export const nm = (name: string, flags = 0): Uint8Array => entry('NM', [Uint8Array.of(flags), latin1(name)])
export const px = (mode: number): Uint8Array => entry('PX', [both32(mode), both32(1), both32(1000), both32(100)])
export const ce = (block: number, offset: number, length: number): Uint8Array =>
  entry('CE', [both32(block), both32(offset), both32(length)])
export const cl = (block: number): Uint8Array => entry('CL', [both32(block)])
export const RE: Uint8Array = entry('RE', [])

/** What a volume descriptor says. */
export interface DescriptorSpec {
  readonly type?: number
  readonly version?: number
  readonly escapes?: string
  readonly rootBlock: number
  readonly rootSize?: number
  readonly blocks?: number
  readonly blockSize?: number
  readonly setSize?: number
  readonly rootLength?: number
}

/** A primary or supplementary volume descriptor (ECMA-119 8.4, 8.5). */
export function descriptor(spec: DescriptorSpec): Uint8Array {
  const bytes = new Uint8Array(SECTOR)
  bytes.set([spec.type ?? 1, ...latin1('CD001'), spec.version ?? 1])
  bytes.fill(0x20, 8, 72)
  bytes.set(latin1('VOLUME'), 40)
  bytes.set(both32(spec.blocks ?? 0), 80)
  bytes.set(latin1(spec.escapes ?? ''), 88)
  bytes.set(both16(spec.setSize ?? 1), 120)
  bytes.set(both16(1), 124)
  bytes.set(both16(spec.blockSize ?? SECTOR), 128)
  const root = record({ name: '\0', block: spec.rootBlock, size: spec.rootSize ?? SECTOR, flags: 2 })
  if (spec.rootLength !== undefined) root[0] = spec.rootLength
  bytes.set(root, 156)
  bytes.fill(0x20, 190, 813)
  return bytes
}

export const TERMINATOR: Uint8Array = joined([
  Uint8Array.of(255),
  latin1('CD001'),
  Uint8Array.of(1),
  new Uint8Array(SECTOR - 7),
])

/** A boot record volume descriptor that leads to a boot catalog (El Torito 2.0, figure 7). */
export function bootRecord(catalogBlock: number): Uint8Array {
  const block = new Uint8Array(4)
  new DataView(block.buffer).setUint32(0, catalogBlock, true)
  const start = [Uint8Array.of(0), latin1('CD001'), Uint8Array.of(1), latin1('EL TORITO SPECIFICATION')]
  return joined([...start, new Uint8Array(41), block])
}

/** Puts an Apple partition map of two entries into an image: itself, and an HFS volume, in blocks of 2048 bytes. */
export function appleMap(bytes: Uint8Array, start: number, blocks: number): void {
  for (const [index, type, first, count] of [
    [1, 'Apple_partition_map', 1, 2],
    [2, 'Apple_HFS', start, blocks],
  ] as const) {
    const map = new DataView(bytes.buffer, bytes.byteOffset + index * SECTOR, 512)
    bytes.set(latin1('PM'), index * SECTOR)
    map.setUint32(4, 2)
    map.setUint32(8, first)
    map.setUint32(12, count)
    bytes.set(latin1(type), index * SECTOR + 48)
  }
}

/** An image of `sectors` sectors with parts at sector numbers. */
export function image(sectors: number, parts: Readonly<Record<number, Uint8Array>>): Uint8Array {
  const bytes = new Uint8Array(sectors * SECTOR)
  for (const [sector, part] of Object.entries(parts)) bytes.set(part, Number(sector) * SECTOR)
  return bytes
}

/** A small image: descriptors at 16 and 17, the root directory at 20. */
export function simpleImage(
  records: readonly Uint8Array[],
  parts: Readonly<Record<number, Uint8Array>> = {},
  self: readonly Uint8Array[] = [],
): Uint8Array {
  const root = directory(20, 20, records, self)
  return image(64, {
    16: descriptor({ rootBlock: 20, rootSize: root.length }),
    17: TERMINATOR,
    20: root,
    ...parts,
  })
}

/** The same with Rock Ridge. */
export function rockRidgeImage(
  records: readonly Uint8Array[],
  parts: Readonly<Record<number, Uint8Array>> = {},
): Uint8Array {
  return simpleImage(records, parts, [SP, px(0o40755), ER])
}
