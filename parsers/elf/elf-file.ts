import type { ByteSource } from '../bytes/source.ts'
import { type ElfHeader, type ElfTable, elfHeader } from './header.ts'

/** The facts about an ELF file that show where it ends. */
export interface ElfFile {
  readonly header: ElfHeader
  /** Where its last part ends, in bytes. It is larger than the source if the file is cut short. */
  readonly end: number
}

/**
 * The ELF file at the start of a source; undefined if there is none. We compute its end like AppImage's runtime: the
 * end of the section header table, or of the last section if that is later. Without a section header table it is the
 * end of the last segment.
 */
export function elfFile(source: ByteSource): ElfFile | undefined {
  const header = elfHeader(source)
  if (header === undefined) return undefined
  const { sections, segments, size } = header
  const end =
    sections.at > 0 && sections.count > 0
      ? Math.max(tableEnd(sections), lastSectionEnd(source, header))
      : Math.max(tableEnd(segments), lastSegmentEnd(source, header), size)
  return { header, end }
}

function tableEnd({ at, each, count }: ElfTable): number {
  return at + each * count
}

/** The end of the last section. Linkers put its header last in the section header table. */
function lastSectionEnd(source: ByteSource, { sections, read, places }: ElfHeader): number {
  const last = sections.at + sections.each * (sections.count - 1)
  if (last + sections.each > source.size || sections.each < places.sectionSize + 8) return 0
  return read.word(last + places.sectionOffset) + read.word(last + places.sectionSize)
}

/** The end of the last segment whose header is in the file; there are at most 65,535. */
function lastSegmentEnd(source: ByteSource, { segments, read, places }: ElfHeader): number {
  let end = 0
  for (let index = 0; index < segments.count; index += 1) {
    const at = segments.at + index * segments.each
    if (at + segments.each > source.size || segments.each < places.segmentSize + 8) break
    end = Math.max(end, read.word(at + places.segmentOffset) + read.word(at + places.segmentSize))
  }
  return end
}
