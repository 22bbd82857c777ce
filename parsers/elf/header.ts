import { u16be, u16le, u32be, u32le, u64le } from '../bytes/fields.ts'
import { type ByteSource, checkRange } from '../bytes/source.ts'

/** "\x7fELF" (System V ABI, ELF header, EI_MAG0 to EI_MAG3). */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46]
/** Bytes of a 32-bit and of a 64-bit ELF header. */
const HEADER_SIZE = { 32: 52, 64: 64 } as const

/** Offsets of fields in the header of each class, and in the headers of sections and segments. */
const PLACES = {
  32: { phoff: 28, shoff: 32, phentsize: 42, sectionOffset: 16, sectionSize: 20, segmentOffset: 4, segmentSize: 16 },
  64: { phoff: 32, shoff: 40, phentsize: 54, sectionOffset: 24, sectionSize: 32, segmentOffset: 8, segmentSize: 32 },
} as const
export type ElfPlaces = (typeof PLACES)[32 | 64]

/** A table of headers of equal size, in bytes. The file says where it is, and may be wrong. */
export interface ElfTable {
  readonly at: number
  readonly each: number
  readonly count: number
}

/** What an ELF header says, of either class and either byte order. */
export interface ElfHeader {
  readonly size: number
  /**
   * The type of an AppImage: the number after "AI" in the padding of e_ident ("AppImage specification", type 1 and 2).
   */
  readonly appImageType: number | undefined
  readonly sections: ElfTable
  readonly segments: ElfTable
  /** The number of the section with the names of sections. */
  readonly nameSection: number
  readonly places: ElfPlaces
  readonly read: ElfNumbers
}

/** Reads numbers in the file's byte order: halves of 16 bits, 32-bit numbers, and words of the width of the class. */
export interface ElfNumbers {
  half(offset: number): number
  u32(offset: number): number
  word(offset: number): number
}

/** The header of the ELF file at the start of a source; undefined if there is none. */
export function elfHeader(source: ByteSource): ElfHeader | undefined {
  if (source.size < HEADER_SIZE[32]) return undefined
  const ident = source.read(0, 16)
  if (!MAGIC.every((byte, index) => ident[index] === byte)) return undefined
  const wide = ident[4] === 2
  const little = ident[5] === 1
  if ((!wide && ident[4] !== 1) || (!little && ident[5] !== 2)) return undefined
  const bits = wide ? 64 : 32
  const size = HEADER_SIZE[bits]
  if (source.size < size) return undefined
  const read = numbersOf(source, little, wide)
  const places = PLACES[bits]
  const isAppImage = ident[8] === 0x41 && ident[9] === 0x49
  // e_phentsize, e_phnum, e_shentsize, e_shnum and e_shstrndx are adjacent.
  const { phentsize } = places
  return {
    size,
    appImageType: isAppImage ? ident[10]! : undefined,
    sections: { at: read.word(places.shoff), each: read.half(phentsize + 4), count: read.half(phentsize + 6) },
    segments: { at: read.word(places.phoff), each: read.half(phentsize), count: read.half(phentsize + 2) },
    nameSection: read.half(phentsize + 8),
    places,
    read,
  }
}

function numbersOf(source: ByteSource, little: boolean, wide: boolean): ElfNumbers {
  const viewAt = (offset: number, length: number): DataView => {
    checkRange(source, offset, length, 'ELF header')
    const bytes = source.read(offset, length)
    return new DataView(bytes.buffer, bytes.byteOffset, length)
  }
  const [half, u32] = little ? [u16le, u32le] : [u16be, u32be]
  return {
    half: (offset) => half.get(viewAt(offset, 2), 0),
    u32: (offset) => u32.get(viewAt(offset, 4), 0),
    word(offset) {
      const view = viewAt(offset, wide ? 8 : 4)
      if (!wide) return u32.get(view, 0)
      return little ? u64le.get(view, 0) : u32be.get(view, 0) * 2 ** 32 + u32be.get(view, 4)
    },
  }
}
