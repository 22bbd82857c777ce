import { crc32 } from 'node:zlib'

export const MAGIC = Buffer.from('894c5a4f000d0a1a0a', 'hex')

/** A block by hand. */
export interface Block {
  readonly content: Uint8Array
  /** As LZO1X; without it the content is stored. */
  readonly compressed?: Uint8Array
  readonly size?: number
  readonly storedSize?: number
}

/** The fields of a header by hand. What is left out is as lzop 1.04 writes it. */
export interface Header {
  readonly version?: number
  readonly versionNeeded?: number
  readonly method?: number
  readonly flags?: number
  readonly filter?: number
  readonly name?: string
  /** Where the flags say that there is one. */
  readonly extraField?: Uint8Array
  /** What the checksums are changed by. */
  readonly wrong?: Readonly<Partial<Record<Checksum, number>>>
}

export type Checksum = 'header' | 'extra' | 'd_adler32' | 'd_crc32' | 'c_adler32' | 'c_crc32'

const OLD_VERSION = 0x0940

/** A header, blocks, and the zero that ends them. */
export function part(header: Header, blocks: readonly Block[]): Buffer {
  return Buffer.concat([headerOf(header), ...blocks.map((block) => blockOf(header, block)), word(0)])
}

export function headerOf(header: Header): Buffer {
  const { version = 0x1040, versionNeeded = 0x0940, method = 3, flags = 0, filter = 0, name = '' } = header
  const isOld = version < OLD_VERSION
  const fields = Buffer.concat([
    ...[half(version), half(0x20a0), isOld ? Buffer.alloc(0) : half(versionNeeded)],
    ...[Buffer.of(method), isOld ? Buffer.alloc(0) : Buffer.of(9)],
    ...[word(flags), (flags & 0x800) === 0 ? Buffer.alloc(0) : word(filter)],
    // Mode and time.
    ...[word(0o100644), word(1_000_000_000), isOld ? Buffer.alloc(0) : word(0)],
    ...[Buffer.of(name.length), Buffer.from(name, 'latin1')],
  ])
  const checksum = (bytes: Uint8Array, which: Checksum) =>
    word(((flags & 0x1000) === 0 ? adler32(bytes) : crc32(bytes)) ^ (header.wrong?.[which] ?? 0))
  const extra = Buffer.concat([word(header.extraField?.length ?? 0), header.extraField ?? Buffer.alloc(0)])
  return Buffer.concat([
    ...[MAGIC, fields, checksum(fields, 'header')],
    ...((flags & 0x40) === 0 ? [] : [extra, checksum(extra, 'extra')]),
  ])
}

function blockOf({ flags = 0, wrong = {} }: Header, { content, compressed, size, storedSize }: Block): Buffer {
  const data = compressed ?? content
  const checksums: readonly [flag: number, which: Checksum, checksum: number][] = [
    [0x001, 'd_adler32', adler32(content)],
    [0x100, 'd_crc32', crc32(content)],
    [0x002, 'c_adler32', adler32(data)],
    [0x200, 'c_crc32', crc32(data)],
  ]
  const present = checksums.filter(
    ([flag, which]) => (flags & flag) !== 0 && (which.startsWith('d') || compressed !== undefined),
  )
  return Buffer.concat([
    ...[word(size ?? content.length), word(storedSize ?? data.length)],
    ...present.map(([, which, checksum]) => word(checksum ^ (wrong[which] ?? 0))),
    data,
  ])
}

/** Four letters, a match of them that is `length` bytes long, at least 33, and the end. */
export function repeatedLetters(length: number): Required<Pick<Block, 'content' | 'compressed'>> {
  const zeros = Math.ceil((length - 33) / 255) - 1
  const match =
    zeros < 0
      ? Buffer.of(0x3f)
      : Buffer.concat([Buffer.of(0x20), Buffer.alloc(zeros), Buffer.of(length - 33 - 255 * zeros)])
  const compressed = Buffer.concat([Buffer.of(21), Buffer.from('abcd'), match, Buffer.of(3 << 2, 0, 0x11, 0, 0)])
  return { content: Buffer.alloc(4 + length, 'abcd'), compressed }
}

function half(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

export function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

function adler32(bytes: Uint8Array): number {
  let [sum, sums] = [1, 0]
  for (const byte of bytes) {
    sum = (sum + byte) % 65521
    sums = (sums + sum) % 65521
  }
  return sums * 65536 + sum
}
