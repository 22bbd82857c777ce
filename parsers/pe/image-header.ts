import { ascii, bytes, u32le, u64le } from '../bytes/fields.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type Struct, struct } from '../bytes/struct.ts'
import type { KernelLayout } from './kernel-layout.ts'
import { readPayload } from './payload.ts'

const imageFields = {
  code0: u32le,
  code1: u32le,
  textOffset: u64le,
  /** Bytes in memory, with data that the file does not have. */
  imageSize: u64le,
  flags: u64le,
  reserved: bytes(24),
  magic: ascii(4),
  /** Offset of the PE signature, if the kernel is an EFI program. */
  signatureOffset: u32le,
}

/** The header of an uncompressed kernel for arm64 (kernel: Documentation/arch/arm64/booting.rst) and RISC-V. */
export const imageHeader: Struct<typeof imageFields> = struct('image header', imageFields)

const MACHINES: Readonly<Record<string, string>> = { 'ARM\x64': 'arm64', 'RSC\x05': 'RISC-V' }

/** The layout of an uncompressed kernel: its header, then its code and data. Undefined if this is none. */
export function readImage(source: ByteSource): KernelLayout | undefined {
  if (source.size < imageHeader.size) return undefined
  const { magic } = imageHeader.read(source, 0)
  const machine = MACHINES[magic]
  if (machine === undefined) return undefined
  const content = [{ offset: imageHeader.size, length: source.size - imageHeader.size }]
  return {
    facts: { machine, compression: 'none' },
    parts: [{ name: 'Image', content, slack: [] }],
    structures: [{ name: imageHeader.name, offset: 0, length: imageHeader.size }],
    end: source.size,
  }
}

const zbootFields = {
  magic: ascii(2),
  zero: bytes(2),
  zimg: ascii(4),
  payloadOffset: u32le,
  payloadSize: u32le,
  reserved: bytes(8),
  compressionType: ascii(32),
  linuxMagic: u32le,
  signatureOffset: u32le,
}

/** The header of a kernel that unpacks itself under EFI (kernel: drivers/firmware/efi/libstub/zboot-header.S). */
export const zbootHeader: Struct<typeof zbootFields> = struct('zboot header', zbootFields)

/** The layout of a kernel that unpacks itself under EFI. Undefined if this is none. */
export function readZboot(source: ByteSource): KernelLayout | undefined {
  if (source.size < zbootHeader.size) return undefined
  const header = zbootHeader.read(source, 0)
  if (header.magic !== 'MZ' || header.zimg !== 'zimg') return undefined
  const { payloadOffset: offset, payloadSize: length } = header
  const stated = /^[a-z0-9]+/.exec(header.compressionType)?.[0]
  const structures = [{ name: zbootHeader.name, offset: 0, length: zbootHeader.size }]
  const rest = { offset: zbootHeader.size, length: source.size - zbootHeader.size }
  if (length === 0 || offset < zbootHeader.size || offset >= source.size) {
    const facts = stated === undefined ? {} : { compression: stated }
    return { facts, parts: [{ name: 'decompressor', content: [rest], slack: [] }], structures, end: source.size }
  }
  const { name, content, compression, unpackedSize, sizeField } = readPayload(source, { offset, length }, false)
  const end = Math.min(sizeField === undefined ? offset + length : sizeField.offset + sizeField.length, source.size)
  const around = [
    { offset: zbootHeader.size, length: offset - zbootHeader.size },
    { offset: end, length: source.size - end },
  ]
  return {
    facts: { compression, ...(unpackedSize === undefined ? {} : { unpackedSize }) },
    parts: [
      { name: 'decompressor', content: around, slack: [] },
      { name, content: [content], slack: [] },
    ],
    structures: sizeField === undefined ? structures : [...structures, sizeField],
    end: source.size,
  }
}
