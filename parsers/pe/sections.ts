import { type ByteString, byteString, quoted } from '../bytes/byte-string.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type PeHeaders, type SectionHeader, sectionHeader } from './headers.ts'
import { isFileName, uniqueNames } from './section-names.ts'
import type { StoredPart } from './stored-parts.ts'

/** The longest name that we take from the string table. Linux allows no longer name of a file. */
const LONGEST_NAME = 255

/** A section of a program. */
export interface Section extends StoredPart {
  /** Its name in the section table, which other sections may have too. */
  readonly title: ByteString
}

/**
 * The sections of a program, in the order of their table. It reports a table that is cut short, and names that cannot be
 * in a path.
 * @param limit the most sections that we show
 */
export function readSections(source: ByteSource, headers: PeHeaders, limit: number, problems: Problems): Section[] {
  const { sectionTable, coff } = headers
  const whole = Math.max(Math.floor((source.size - sectionTable) / sectionHeader.size), 0)
  const count = Math.min(coff.numberOfSections, whole, limit)
  if (count < coff.numberOfSections) {
    problems.lose(count === limit ? 'LIMIT' : 'TRUNCATED', 'the section table is cut short', {
      structure: 'section table',
      offset: sectionTable,
      field: 'NumberOfSections',
      found: count,
      expected: coff.numberOfSections,
    })
  }
  const nameOf = uniqueNames()
  const sections: Section[] = []
  for (let index = 0; index < count; index += 1) {
    const offset = sectionTable + index * sectionHeader.size
    const header = sectionHeader.read(source, offset)
    const title = titleOf(source, headers, header.name)
    const isName = isFileName(title)
    if (!isName) {
      problems.add('MALFORMED', 'a section has no name that can be in a path; it is shown by its number', {
        structure: sectionHeader.name,
        offset,
        field: 'Name',
        found: quoted(title),
      })
    }
    sections.push({ title, name: nameOf(isName ? title : `section ${index + 1}`), ...placesOf(header) })
  }
  return sections
}

/**
 * Where a section is stored ("PE Format", Section Table). Its raw data are padded to FileAlignment; VirtualSize is the
 * length without that padding. If VirtualSize is larger, the rest are zeros in memory and not in the file. Old linkers
 * leave it 0.
 */
function placesOf({ virtualSize, sizeOfRawData, pointerToRawData: offset }: SectionHeader): Omit<StoredPart, 'name'> {
  if (offset === 0 || sizeOfRawData === 0) return { content: [], slack: [] }
  const length = virtualSize === 0 ? sizeOfRawData : Math.min(virtualSize, sizeOfRawData)
  const slack = length === sizeOfRawData ? [] : [{ offset: offset + length, length: sizeOfRawData - length }]
  return { content: [{ offset, length }], slack }
}

/** A name ends with NULs, or is a slash and its decimal offset in the string table ("PE Format", Section Table). */
function titleOf(source: ByteSource, { symbols }: PeHeaders, field: ByteString): ByteString {
  const name = field.replace(/\0+$/, '')
  const number = /^\/(\d+)$/.exec(name)?.[1]
  if (number === undefined || symbols === undefined) return name
  const within = Number(number)
  const start = symbols.strings + within
  const end = Math.min(symbols.strings + symbols.stringsLength, source.size, start + LONGEST_NAME)
  if (within < 4 || start >= end) return name
  return byteString(source.read(start, end - start)).replace(/\0.*$/s, '')
}
