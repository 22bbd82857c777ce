import { u16be, u16le, u32be, u32le, u64le } from '../bytes/fields.ts'
import { type ByteSource, checkRange } from '../bytes/source.ts'

/** "\x7fELF" (System V ABI, ELF header, EI_MAG0 to EI_MAG3). */
const MAGIC = [0x7f, 0x45, 0x4c, 0x46]
/** Bytes of an ELF header of 32 and of 64 bits. */
const HEADER_SIZE = { 32: 52, 64: 64 } as const

/** What of an ELF file tells where it ends. */
export interface ElfFile {
  /** "AI" and a number in the padding of e_ident: an AppImage of that type ("AppImage specification", type 1 and 2). */
  readonly appImageType: number | undefined
  /** Where its last part ends, in bytes; larger than the source where it is cut short. */
  readonly end: number
}

/** Where a number stands in the header of each class, and in the headers of sections and segments. */
const PLACES = {
  32: { phoff: 28, shoff: 32, phentsize: 42, sectionOffset: 16, sectionSize: 20, segmentOffset: 4, segmentSize: 16 },
  64: { phoff: 32, shoff: 40, phentsize: 54, sectionOffset: 24, sectionSize: 32, segmentOffset: 8, segmentSize: 32 },
} as const

/**
 * The ELF file that a source begins with; undefined when it does not. Where one ends is what AppImage's runtime takes
 * for it: the end of the section header table, or of the last section where that lies behind it. Where there is no
 * such table, it is the end of the last segment.
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
  // e_phentsize, e_phnum, e_shentsize and e_shnum follow each other.
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

/** The last entry of the section header table is the last section of the file, as linkers write it. */
function lastSectionEnd(source: ByteSource, table: Table, read: Numbers, places: Places): number {
  const last = table.at + table.each * (table.count - 1)
  if (last + table.each > source.size || table.each < places.sectionSize + 8) return 0
  return read.word(last + places.sectionOffset) + read.word(last + places.sectionSize)
}

/** At most 65,535 segments, each of which is in the file. */
function lastSegmentEnd(source: ByteSource, table: Table, read: Numbers, places: Places): number {
  let end = 0
  for (let index = 0; index < table.count; index += 1) {
    const at = table.at + index * table.each
    if (at + table.each > source.size || table.each < places.segmentSize + 8) break
    end = Math.max(end, read.word(at + places.segmentOffset) + read.word(at + places.segmentSize))
  }
  return end
}

/** Reads numbers of one byte order: halves of 16 bits, words of the class's own width. */
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
