import { byteString, readable } from '../bytes/byte-string.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { type Format, refuseNameTree } from '../format.ts'
import type { FormatTraits, Image } from '../image.ts'
import { coffHeader, dosHeader, type PeHeaders, readPeHeaders, sectionHeader } from './headers.ts'
import { machineName, subsystemName } from './names.ts'
import { readSections, type Section } from './sections.ts'
import { imageOfParts, type NamedPlace } from './stored-parts.ts'

/** Bytes of a section that we read for a fact. Linux takes 4096 bytes of command line at most (COMMAND_LINE_SIZE). */
const FACT_BYTES = 4096

/** The traits of programs in PE format. `initrd` and `linux` are endings of sections in a unified kernel image. */
export const PE: FormatTraits = {
  name: 'pe',
  title: 'PE program',
  noun: 'a PE program',
  extensions: ['efi', 'initrd', 'linux'],
  looksInside: 'on demand',
  accounts: 'of its file',
  sharesBytes: false,
}

/**
 * The format of programs for EFI and Windows ("PE Format"). A unified kernel image is one (UAPI.5): its sections hold a
 * kernel, an initrd and a command line.
 */
export const pe: Format = {
  ...PE,
  recognise: (source) => (readPeHeaders(source) === undefined ? 'no' : 'yes'),
  open(source, { limits, nameTree }) {
    const headers = readPeHeaders(source)
    if (headers === undefined) {
      const place = { structure: dosHeader.name, offset: 0 }
      throw formatError('MALFORMED', 'it does not begin like a program in PE format', source, place)
    }
    refuseNameTree(PE, nameTree, source, { structure: 'section table', offset: headers.sectionTable })
    return openPe(source, headers, limits.entries)
  },
}

function openPe(source: ByteSource, headers: PeHeaders, limit: number): Image {
  const problems = new Problems(source)
  const parts = readSections(source, headers, limit, problems)
  const structures = structuresOf(headers)
  const places = [...structures, ...parts.flatMap(({ content, slack }) => [...content, ...slack])]
  const end = places.reduce((latest, { offset, length }) => Math.max(latest, offset + length), 0)
  const backgrounds = [
    { kind: 'structure', name: 'MS-DOS stub', offset: dosHeader.size, length: headers.start - dosHeader.size },
    { kind: 'gap', name: 'data after the sections', offset: end, length: source.size - end },
  ] as const
  for (const { name, offset, length } of structures) {
    if (offset + length <= source.size) continue
    const sizes = { found: source.size, expected: offset + length }
    problems.add('TRUNCATED', 'the file ends before the table does', { structure: name, offset, ...sizes })
  }
  const facts = factsOf(source, headers, parts)
  return imageOfParts({ source, traits: PE, facts, partNoun: 'section', parts, structures, backgrounds }, problems)
}

function structuresOf({ start, coff, sectionTable, certificates, symbols }: PeHeaders): NamedPlace[] {
  return [
    { name: dosHeader.name, offset: 0, length: Math.min(dosHeader.size, start) },
    { name: 'PE headers', offset: start, length: coffHeader.size + coff.sizeOfOptionalHeader },
    { name: 'section table', offset: sectionTable, length: coff.numberOfSections * sectionHeader.size },
    ...(symbols === undefined ? [] : [{ name: 'symbol table', offset: symbols.offset, length: symbols.length }]),
    ...(certificates === undefined ? [] : [{ name: 'certificate table', ...certificates }]),
  ]
}

function factsOf(source: ByteSource, { coff, optional }: PeHeaders, sections: readonly Section[]): Image['facts'] {
  const isUnified = sections.some(({ title }) => title === '.linux')
  const text = (name: string): string | undefined => (isUnified ? sectionText(source, sections, name) : undefined)
  const release = text('.osrel')
  const facts = {
    machine: machineName(coff.machine),
    subsystem: subsystemName(optional.subsystem),
    unifiedKernel: isUnified,
    uname: text('.uname'),
    osRelease: release === undefined ? undefined : prettyName(release),
    commandLine: text('.cmdline'),
  }
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(known.map(([key, value]) => [key, typeof value === 'string' ? readable(value) : value!]))
}

/** The text of the first section with a name, as bytes, without NULs and white space at its end. */
function sectionText(source: ByteSource, sections: readonly Section[], name: string): string | undefined {
  const place = sections.find(({ title }) => title === name)?.content[0]
  if (place === undefined || place.offset >= source.size) return undefined
  const length = Math.min(place.length, FACT_BYTES, source.size - place.offset)
  return byteString(source.read(place.offset, length)).replace(/\0.*$/s, '').trimEnd()
}

/** PRETTY_NAME of an os-release file (os-release(5)), without its quotes. */
function prettyName(release: string): string | undefined {
  const value = /^PRETTY_NAME=(.*)$/m.exec(release)?.[1]
  return value === undefined ? undefined : (/^(["'])(.*)\1$/.exec(value)?.[2] ?? value)
}
