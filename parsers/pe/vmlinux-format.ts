import { byteString } from '../bytes/byte-string.ts'
import { Problems } from '../bytes/problems.ts'
import { type ByteSource, formatError } from '../bytes/source.ts'
import { type Format, refuseNameTree } from '../format.ts'
import type { FormatTraits, Image } from '../image.ts'
import { kernelConfigPlace } from './kernel-config.ts'
import { isFileName, uniqueNames } from './section-names.ts'
import { imageOfParts, type Place, type StoredPart } from './stored-parts.ts'
import { type ElfHeader, elfHeader, elfSectionHeader, readVmlinux, segmentHeader } from './vmlinux-headers.ts'

/** Sections without bytes in the file (System V ABI, sh_type): SHT_NULL and SHT_NOBITS. */
const WITHOUT_BYTES = [0, 8]
const CONFIG = 'config.gz'
/** The longest name that we read. Linux allows no longer name of a file. */
const LONGEST_NAME = 255

/** Machines by their number (System V ABI, e_machine). */
const MACHINES: ReadonlyMap<number, string> = new Map([
  [62, 'x86-64'],
  [183, 'ARM64'],
  [243, 'RISC-V 64'],
  [258, 'LoongArch 64'],
])

/** The traits of unpacked Linux kernels. */
export const VMLINUX: FormatTraits = {
  name: 'vmlinux',
  title: 'kernel (ELF)',
  noun: 'a kernel in ELF format',
  extensions: [],
  looksInside: 'on demand',
  accounts: 'of its file',
  sharesBytes: false,
}

/**
 * The format of a Linux kernel that is not compressed: what the payload of a bzImage unpacks to. Its sections are files.
 * So is its configuration, if it has one (CONFIG_IKCONFIG): "config.gz".
 */
export const vmlinux: Format = {
  ...VMLINUX,
  recognise: (source) => (readVmlinux(source) === undefined ? 'no' : 'yes'),
  open(source, { limits, nameTree }) {
    const header = readVmlinux(source)
    const place = { structure: elfHeader.name, offset: 0 }
    if (header === undefined)
      throw formatError('MALFORMED', 'it does not begin like a kernel in ELF format', source, place)
    refuseNameTree(VMLINUX, nameTree, source, place)
    return openVmlinux(source, header, limits.entries)
  },
}

function openVmlinux(source: ByteSource, header: ElfHeader, limit: number): Image {
  const problems = new Problems(source)
  const sections = readSections(source, header, limit, problems)
  const config = kernelConfigPlace(source)
  const parts =
    config === undefined
      ? sections
      : [...sections.map((part) => without(part, config)), { name: CONFIG, content: [config], slack: [] }]
  const tables = [
    { name: elfHeader.name, offset: 0, length: elfHeader.size },
    { name: 'program header table', offset: header.phoff, length: header.phnum * segmentHeader.size },
    { name: 'section header table', offset: header.shoff, length: header.shnum * elfSectionHeader.size },
  ]
  // Sections begin at page borders. Without section headers we cannot tell padding from content.
  const rest =
    sections.length > 0
      ? ({ kind: 'structure', name: 'padding between sections', offset: 0, length: source.size } as const)
      : ({ kind: 'gap', name: 'content of no section', offset: 0, length: source.size } as const)
  return imageOfParts(
    {
      source,
      traits: VMLINUX,
      facts: {
        machine: MACHINES.get(header.machine) ?? `machine ${header.machine}`,
        configuration: config !== undefined,
      },
      partNoun: 'section',
      parts,
      structures: tables,
      backgrounds: [rest],
    },
    problems,
  )
}

function readSections(source: ByteSource, header: ElfHeader, limit: number, problems: Problems): StoredPart[] {
  const { shoff, shnum, shentsize, shstrndx } = header
  const isKnown = shentsize === elfSectionHeader.size && shoff > 0
  const whole = isKnown ? Math.max(Math.floor((source.size - shoff) / shentsize), 0) : 0
  const count = Math.min(shnum, whole, limit)
  if (count < shnum) {
    problems.lose(count === limit ? 'LIMIT' : 'TRUNCATED', 'the section header table is cut short', {
      structure: 'section header table',
      offset: Math.min(shoff, source.size),
      field: 'e_shnum',
      found: count,
      expected: shnum,
    })
  }
  const headerAt = (index: number) => elfSectionHeader.read(source, shoff + index * shentsize)
  const names = shstrndx < count ? headerAt(shstrndx) : undefined
  const nameOf = uniqueNames()
  // The configuration has this name.
  nameOf(CONFIG)
  const sections: StoredPart[] = []
  for (let index = 0; index < count; index += 1) {
    const { name, type, offset, size } = headerAt(index)
    if (WITHOUT_BYTES.includes(type) || size === 0) continue
    const title = names === undefined ? '' : textAt(source, names.offset + name, names.offset + names.size)
    const shown = nameOf(isFileName(title) ? title : `section ${index}`)
    sections.push({ name: shown, content: [{ offset, length: size }], slack: [] })
  }
  return sections
}

/** The bytes from `start` up to a NUL or `end`. */
function textAt(source: ByteSource, start: number, end: number): string {
  const length = Math.min(end, source.size, start + LONGEST_NAME) - start
  return length <= 0 ? '' : byteString(source.read(start, length)).replace(/\0.*$/s, '')
}

/** A part without the bytes of a place in it, which are a file of their own. */
function without(part: StoredPart, place: Place): StoredPart {
  const end = place.offset + place.length
  const content = part.content.flatMap(({ offset, length }) => {
    const partEnd = offset + length
    if (place.offset < offset || end > partEnd) return [{ offset, length }]
    return [
      { offset, length: place.offset - offset },
      { offset: end, length: partEnd - end },
    ]
  })
  return { ...part, content }
}
