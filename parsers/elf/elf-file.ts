import { u16be, u16le, u32be, u32le, u64le } from '../bytes/fields.ts'
import { type ByteSource, checkRange } from '../bytes/source.ts'

/** "\x7fELF" (System V ABI, ELF header, EI_MAG0 to EI_MAG3). */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46]
/** Bytes of a 32-bit and of a 64-bit ELF header. */
const HEADER_SIZE = { 32: 52, 64: 64 } as const

/** The facts about an ELF file that show where it ends. */
export interface ElfFile {
  /**
   * The type of an AppImage: the number after "AI" in the padding of e_ident ("AppImage specification", type 1 and 2).
   */
  readonly appImageType: number | undefined
  /** Where its last part ends, in bytes. It is larger than the source if the file is cut short. */
  readonly end: number
}

/** Offsets of fields in the header of each class, and in the headers of sections and segments. */
const PLACES = {
  32: { phoff: 28, shoff: 32, phentsize: 42, sectionOffset: 16, sectionSize: 20, segmentOffset: 4, segmentSize: 16 },
  64: { phoff: 32, shoff: 40, phentsize: 54, sectionOffset: 24, sectionSize: 32, segmentOffset: 8, segmentSize: 32 },
} as const

/**
 * The ELF file at the start of a source; undefined if there is none. We compute its end like AppImage's runtime: the
 * end of the section header table, or of the last section if that is later. Without a section header table it is the
 * end of the last segment.
 */
export function elfFile(source: ByteSource): ElfFile | undefined {
  if (source.size < HEADER_SIZE[32]) return undefined
  const ident = source.read(0, 16)
  if (!MAGIC.every((byte, index) => ident[index] === byte)) return undefined
  const wide = ident[4] === 2
  const little = ident[5] === 1
  if ((!wide && ident[4] !== 1) || (!little && ident[5] !== 2)) return undefined
  const size = wide ? 64 : 32
  if (source.size < HEADER_SIZE[size]) return undefined
  const read = numbersOf(source, little, wide)
  const places = PLACES[size]
  const isAppImage = ident[8] === 0x41 && ident[9] === 0x49
  // e_phentsize, e_phnum, e_shentsize and e_shnum are adjacent.
  const { phentsize } = places
  const sections = { at: read.word(places.shoff), each: read.half(phentsize + 4), count: read.half(phentsize + 6) }
  const segments = { at: read.word(places.phoff), each: read.half(phentsize), count: read.half(phentsize + 2) }
  const end =
    sections.at > 0 && sections.count > 0
      ? Math.max(tableEnd(sections), lastSectionEnd(source, sections, read, places))
      : Math.max(tableEnd(segments), lastSegmentEnd(source, segments, read, places), HEADER_SIZE[size])
  return { appImageType: isAppImage ? ident[10]! : undefined, end }
}

interface Table {
  readonly at: number
  readonly each: number
  readonly count: number
}

function tableEnd({ at, each, count }: Table): number {
  return at + each * count
}

type Places = (typeof PLACES)[32 | 64]

/** The end of the last section. Linkers put its header last in the section header table. */
function lastSectionEnd(source: ByteSource, table: Table, read: Numbers, places: Places): number {
  const last = table.at + table.each * (table.count - 1)
  if (last + table.each > source.size || table.each < places.sectionSize + 8) return 0
  return read.word(last + places.sectionOffset) + read.word(last + places.sectionSize)
}

/** The end of the last segment whose header is in the file; there are at most 65,535. */
function lastSegmentEnd(source: ByteSource, table: Table, read: Numbers, places: Places): number {
  let end = 0
  for (let index = 0; index < table.count; index += 1) {
    const at = table.at + index * table.each
    if (at + table.each > source.size || table.each < places.segmentSize + 8) break
    end = Math.max(end, read.word(at + places.segmentOffset) + read.word(at + places.segmentSize))
  }
  return end
}

/** Reads numbers in the file's byte order: halves of 16 bits, words of the width of the class. */
interface Numbers {
  half(offset: number): number
  word(offset: number): number
}

function numbersOf(source: ByteSource, little: boolean, wide: boolean): Numbers {
  const viewAt = (offset: number, length: number): DataView => {
    checkRange(source, offset, length, 'ELF header')
    const bytes = source.read(offset, length)
    return new DataView(bytes.buffer, bytes.byteOffset, length)
  }
  const [half, word] = little ? [u16le, u32le] : [u16be, u32be]
  return {
    half: (offset) => half.get(viewAt(offset, 2), 0),
    word(offset) {
      const view = viewAt(offset, wide ? 8 : 4)
      if (!wide) return word.get(view, 0)
      return little ? u64le.get(view, 0) : u32be.get(view, 0) * 2 ** 32 + u32be.get(view, 4)
    },
  }
}
