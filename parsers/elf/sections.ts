import { type ByteString, byteString } from '../bytes/byte-string.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { ElfHeader } from './header.ts'

/** A section by name, and where the file says that it lies. */
export interface ElfSection {
  readonly name: ByteString
  readonly offset: number
  readonly size: number
  /** The offset of its header. */
  readonly headerOffset: number
}

/** A section that takes no bytes in the file (System V ABI, sh_type): SHT_NOBITS. */
const NO_BITS = 8
/** The most section headers that we read. Programs have about 40. */
const MOST_SECTIONS = 4096
/** The longest name that we read. */
const LONGEST_NAME = 64

/**
 * The sections of an ELF file (System V ABI, Sections), as far as their headers are in the source. They have no names if
 * those lie elsewhere.
 */
export function elfSections(source: ByteSource, header: ElfHeader, problems: Problems): ElfSection[] {
  const { sections, nameSection, places, read } = header
  const { at, each } = sections
  const isKnown = at > 0 && each >= places.sectionSize + 8
  const whole = isKnown ? Math.max(Math.floor((source.size - at) / each), 0) : 0
  const count = Math.min(sections.count, whole, MOST_SECTIONS)
  const placeOf = (index: number) => {
    const headerOffset = at + index * each
    const [offset, size] = [places.sectionOffset, places.sectionSize].map((field) => read.word(headerOffset + field))
    return { offset: offset!, size: size!, headerOffset }
  }
  // Section 0 is none, and stands for a file without names (System V ABI, SHN_UNDEF).
  const names = nameSection < count ? placeOf(nameSection) : { offset: source.size, size: 1, headerOffset: at }
  if (nameSection > 0 && names.offset + names.size > source.size) {
    const place = { structure: 'section name table', offset: names.headerOffset, field: 'sh_offset' }
    problems.lose('MALFORMED', 'it lies outside the file, so no section is known by name', {
      ...place,
      found: names.offset,
      expected: `at most ${Math.max(source.size - names.size, 0)}`,
    })
  }
  const found: ElfSection[] = []
  for (let index = 0; index < count; index += 1) {
    const place = placeOf(index)
    // sh_name and sh_type come first in both classes.
    if (read.u32(place.headerOffset + 4) === NO_BITS) continue
    const start = names.offset + read.u32(place.headerOffset)
    const end = Math.min(names.offset + names.size, source.size, start + LONGEST_NAME)
    const name = start < end ? byteString(source.read(start, end - start)).replace(/\0.*$/s, '') : ''
    found.push({ ...place, name })
  }
  return found
}
