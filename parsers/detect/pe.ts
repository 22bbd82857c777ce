import { byteString } from '../bytes/byte-string.ts'
import { type Recogniser, textAt, viewAt } from './foreign-file.ts'

/** The most sections that we read. The format allows 96 ("PE Format", COFF File Header, NumberOfSections). */
const SECTIONS_LIMIT = 96
const SECTION_SIZE = 40
/** Where the optional header begins, counted from the signature. */
const OPTIONAL_HEADER = 24
/** EFI applications, boot service drivers, runtime drivers and ROM images ("PE Format", Windows Subsystem). */
const EFI_SUBSYSTEMS = [10, 11, 12, 13]

/**
 * A program for EFI or Windows. If it has a section .linux, it is a unified kernel image (UAPI.5): a kernel with its
 * initrd and command line.
 */
export const recognisePe: Recogniser = (source, file) => {
  if (textAt(source, 0, 2) !== 'MZ') return undefined
  const start = viewAt(source, 0x3c, 4)?.getUint32(0, true) ?? 0
  const header = viewAt(source, start, OPTIONAL_HEADER + 70)
  if (header === undefined || textAt(source, start, 4) !== 'PE\0\0') return undefined
  const count = Math.min(header.getUint16(6, true), SECTIONS_LIMIT)
  const table = start + OPTIONAL_HEADER + header.getUint16(20, true)
  const sections: string[] = []
  for (let index = 0; index < count; index += 1) {
    const at = table + index * SECTION_SIZE
    if (at + SECTION_SIZE > source.size) break
    sections.push(byteString(source.read(at, 8)).replace(/\0.*$/s, ''))
  }
  const parts = ['.linux', '.initrd', '.osrel', '.cmdline'].filter((name) => sections.includes(name))
  if (sections.includes('.linux')) {
    const what = `a unified kernel image (${parts.join(', ')})`
    if (!sections.includes('.initrd')) return { what, offset: start }
    const advice = `objcopy -O binary -j .initrd ${file()} ${file('.initrd')} extracts its initrd`
    return { what, advice, offset: start }
  }
  const isEfi = EFI_SUBSYSTEMS.includes(header.getUint16(OPTIONAL_HEADER + 68, true))
  if (!isEfi) return { what: 'a Windows program', advice: `7zz l ${file()} lists it`, offset: start }
  return { what: 'an EFI program', advice: 'it has no files to list', offset: start }
}
