import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Examined, examine } from '../../../fuzz/image/examine.ts'
import { Random } from '../../../fuzz/random.js'
import {
  type ProgramFields,
  type SectionFields,
  type VmlinuxFields,
  writeBzImage,
  writeProgram,
  writeVmlinux,
  writeZboot,
} from '../../parsers/pe/writer.ts'
import { concat, pack, text } from '../../parsers/squashfs/writer.ts'

/** Seconds of CPU time that no image of these may take. */
const SECONDS = 5

async function survives(bytes: Uint8Array): Promise<Examined> {
  const started = process.cpuUsage()
  const examined = await examine(bytes)
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(SECONDS)
  return examined
}

const section = (fields: Partial<SectionFields> = {}): SectionFields => ({
  name: '.text',
  content: text('code'),
  ...fields,
})
const program = (...sections: readonly SectionFields[]): ProgramFields => ({ sections })

/** A program with a number of `width` bytes changed at an offset. */
function patched(bytes: Uint8Array, offset: number, width: number, value: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.set(pack([width, value]), offset)
  return copy
}

const GOOD = writeProgram({ ...program(section(), section({ name: '.data' })), strings: ['.a_name'], symbols: 1 })
const SIGNATURE = 128
const SECTION_TABLE = SIGNATURE + 24 + 240

/** The list of what a hostile program does, with what is said of it; undefined where there is nothing to say. */
const PROGRAMS: readonly (readonly [name: string, bytes: () => Uint8Array, said: RegExp | undefined])[] = [
  // 1 Offsets: the signature at the end of the file, in the MS-DOS header itself, behind the file.
  ['signature behind the file', () => patched(GOOD, 0x3c, 4, 2 ** 32 - 8), /not in a known format/],
  ['signature in the MS-DOS header', () => tiny(), undefined],
  ['signature at the end', () => patched(GOOD, 0x3c, 4, GOOD.length - 4), /not in a known format/],
  // 2 Counts: 65,535 sections in a file with room for few; none; an optional header that reaches over the sections.
  ['65,535 sections', () => patched(GOOD, SIGNATURE + 6, 2, 65_535), /section table at .*cut short/],
  ['no section', () => patched(GOOD, SIGNATURE + 6, 2, 0), undefined],
  ['optional header of 65,535 bytes', () => patched(GOOD, SIGNATURE + 20, 2, 65_535), /section table at .*cut short/],
  ['optional header of 0 bytes', () => patched(GOOD, SIGNATURE + 20, 2, 0), /not in a known format/],
  ['optional header of a ROM', () => patched(GOOD, SIGNATURE + 24, 2, 0x107), /not in a known format/],
  // 3 Sections: behind the file, longer than it, over the headers, over each other.
  [
    'section behind the file',
    () => writeProgram(program(section({ pointer: 2 ** 31 }))),
    /file ends before the section/,
  ],
  [
    'section of 4 GiB',
    () => writeProgram(program(section({ virtualSize: 2 ** 32 - 1, rawSize: 2 ** 32 - 1 }))),
    /section \.text at 0x200: the file ends before the section does/,
  ],
  [
    'section over the headers',
    () => writeProgram(program(section({ pointer: 1, rawSize: 400, virtualSize: 400 }))),
    /parts that should not share bytes do: .*PE headers over file content/,
  ],
  ['sections over each other', () => writeProgram(program(...many(90, { pointer: 512, rawSize: 512 }))), undefined],
  ['sections that overlap in part', () => writeProgram(program(...shifted(90))), undefined],
  // 4 Names: empty, a path, numbers that lead nowhere, one name 3000 times.
  ['no name', () => writeProgram(program(section({ name: '' }))), /no name that can be in a path.*found ""/],
  ['a parent as name', () => writeProgram(program(section({ name: '..' }))), /no name that can be in a path/],
  ['a path as name', () => writeProgram(program(section({ name: '../etc' }))), /no name that can be in a path/],
  ['a number without a table', () => writeProgram(program(section({ name: '/4' }))), /found "\/4"/],
  [
    'a number behind the table',
    () => writeProgram({ ...program(section({ name: '/9999999' })), strings: ['x'] }),
    /found "\/9999999"/,
  ],
  ['one name 3000 times', () => writeProgram(program(...many(3000, {}))), undefined],
  ['control characters', () => writeProgram(program(section({ name: '\x1b[31m\n' }))), undefined],
  [
    'a long name of control characters',
    () => writeProgram({ ...program(section({ name: '/4', pointer: 2 ** 31 })), strings: ['\x1b]0;x\x07'.repeat(40)] }),
    /file ends before the section/,
  ],
  // 5 Tables: symbols and certificates of 4 GiB, and over everything else.
  [
    'symbols behind the file',
    () => patched(GOOD, SIGNATURE + 12, 4, 2 ** 32 - 1),
    /symbol table at .*the file ends before/,
  ],
  ['2^32 symbols', () => patched(GOOD, SIGNATURE + 16, 4, 2 ** 32 - 1), /symbol table at .*the file ends before/],
  ['symbols over all', () => patched(GOOD, SIGNATURE + 12, 4, 1), /parts that should not share bytes do/],
  [
    'certificates over all',
    () => patched(patched(GOOD, SIGNATURE + 24 + 112 + 32, 4, 1), SIGNATURE + 24 + 112 + 36, 4, 2 ** 31),
    /certificate table at 0x1: the file ends before/,
  ],
  // 6 Facts: texts without an end, with escapes, of megabytes.
  [
    'facts',
    () =>
      writeProgram(
        program(
          section({ name: '.linux' }),
          section({ name: '.uname', content: new Uint8Array(100_000).fill(0x1b) }),
          section({ name: '.osrel', content: text(`PRETTY_NAME="${'"'.repeat(100_000)}`) }),
          section({ name: '.cmdline', content: text('\u202e\0') }),
        ),
      ),
    undefined,
  ],
  // 7 Nesting: a program whose section is the program itself.
  [
    'a section of the whole file',
    () => writeProgram(program(section({ name: '.linux', pointer: 1, rawSize: 1 }))),
    undefined,
  ],
  // Offset 0 means that a section is not stored, so no program can be a section of itself.
  ['a section that is its own file', () => itself(), undefined],
]

/** The smallest program: its signature is in the MS-DOS header, whose field is a field of the optional header too. */
function tiny(): Uint8Array {
  const bytes = new Uint8Array(600)
  bytes.set(text('MZ'))
  bytes.set(pack([4, 0x4550], [2, 0x8664], [2, 0], [4, 0], [4, 0], [4, 0], [2, 240], [2, 2], [2, 0x20b]), 4)
  bytes.set(pack([4, 4]), 0x3c)
  return bytes
}

function many(count: number, fields: Partial<SectionFields>): SectionFields[] {
  return Array.from({ length: count }, () => section(fields))
}

function shifted(count: number): SectionFields[] {
  return Array.from({ length: count }, (_, index) => section({ pointer: 5120 + index, rawSize: 300, virtualSize: 200 }))
}

/** A program with a section that says it is the whole file. */
function itself(): Uint8Array {
  const bytes = writeProgram(program(section({ name: '.linux' })))
  bytes.set(pack([4, bytes.length], [4, 0], [4, bytes.length], [4, 0]), SECTION_TABLE + 8)
  return bytes
}

describe('hostile programs', () => {
  it.each(PROGRAMS)('%s', async (_, make, said) => {
    const { warnings } = await survives(make())
    if (said === undefined) expect(warnings.filter((warning) => !/should not share bytes/.test(warning))).toEqual([])
    else expect(warnings.join('\n')).toMatch(said)
  })
})

/** The same for kernels. */
const KERNELS: readonly (readonly [name: string, bytes: () => Uint8Array, said: RegExp | undefined])[] = [
  ['255 setup sectors', () => writeBzImage({ setupSectors: 255 }), /the file ends before the (kernel|part) does/],
  ['0 setup sectors, which are 4', () => writeBzImage({ setupSectors: 0 }), undefined],
  ['syssize of 64 GiB', () => writeBzImage({ syssize: 2 ** 32 - 1 }), /syssize: the file ends before the kernel does/],
  ['syssize of 0', () => writeBzImage({ syssize: 0 }), undefined],
  ['a payload behind the kernel', () => writeBzImage({ payloadOffset: 2 ** 32 - 1 }), undefined],
  ['a payload of 4 GiB', () => writeBzImage({ payloadLength: 2 ** 32 - 1 }), /payload_length: the payload ends after/],
  ['a payload of 1 byte', () => writeBzImage({ payloadLength: 1 }), undefined],
  ['a payload of 4 bytes', () => writeBzImage({ payloadLength: 4 }), undefined],
  ['a version behind the file', () => writeBzImage({ versionPointer: 65_535 }), undefined],
  ['a version of escapes', () => writeBzImage({ version: '6.1\x1b[31m (x' }), undefined],
  ['an empty version', () => writeBzImage({ version: '' }), undefined],
  ['zboot: a payload in the header', () => writeZboot(gzipSync('x'), 'gzip', { offset: 8 }), undefined],
  ['zboot: a payload behind the file', () => writeZboot(gzipSync('x'), 'gzip', { offset: 2 ** 32 - 1 }), undefined],
  ['zboot: a payload of 4 GiB', () => writeZboot(gzipSync('x'), 'gzip', { size: 2 ** 32 - 1 }), /before the part does/],
  ['zboot: a compression of escapes', () => writeZboot(gzipSync('x'), '\x1b[31m', { size: 0 }), undefined],
]

const elf = (fields: Partial<VmlinuxFields> & Partial<VmlinuxFields['sections'][number]> = {}): Uint8Array =>
  writeVmlinux({ sections: [{ name: '.text', content: text('code '.repeat(99)), ...fields }], ...fields })

/** The same for unpacked kernels. */
const UNPACKED: readonly (readonly [name: string, bytes: () => Uint8Array, said: RegExp | undefined])[] = [
  ['section headers behind the file', () => elf({ shoff: 2 ** 40 }), /section header table at .*cut short/],
  ['section headers in the ELF header', () => elf({ shoff: 1 }), /file ends before the section does/],
  ['65,535 section headers', () => elf({ shnum: 65_535 }), /e_shnum: the section header table is cut short/],
  ['names behind the section headers', () => elf({ shstrndx: 65_535 }), undefined],
  ['names in a section that is code', () => elf({ shstrndx: 1 }), undefined],
  ['a section behind the file', () => elf({ offset: 2 ** 50 }), /file ends before the section does/],
  ['a section of all ones', () => elf({ size: 2 ** 53, offset: 2 ** 53 }), /file ends before the section does/],
  ['a section over everything', () => elf({ offset: 0, size: 700 }), /should not share bytes/],
  ['a name of escapes', () => elf({ name: '\x1b[31m/..' }), undefined],
  ['program headers of their own header', () => elf({ phoff: 0 }), /this is an ELF program/],
  ['a configuration that has no end', () => elf({ content: concat(text('IKCFG_ST'), gzipSync('x')) }), undefined],
  ['marks of a configuration', () => elf({ content: text('IKCFG_ST'.repeat(5000)) }), undefined],
  [
    'a configuration over the section headers',
    () => elf({ content: concat(text('IKCFG_ST'), gzipSync('x'.repeat(99)), text('IKCFG_ED')), size: 12 }),
    undefined,
  ],
]

describe('hostile unpacked kernels', () => {
  it.each(UNPACKED)('%s', async (_, make, said) => {
    const { warnings } = await survives(make())
    if (said === undefined) expect(warnings).toEqual([])
    else expect(warnings.join('\n')).toMatch(said)
  })
})

describe('hostile kernels', () => {
  it.each(KERNELS)('%s', async (_, make, said) => {
    const { warnings } = await survives(make())
    if (said === undefined) expect(warnings).toEqual([])
    else expect(warnings.join('\n')).toMatch(said)
  })
})

const WHOLE: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  [
    'a program',
    writeProgram({
      ...program(section(), section({ name: '/4' })),
      strings: ['.name'],
      certificates: text('12345678'),
    }),
  ],
  ['a kernel', writeBzImage({ payload: gzipSync('a kernel '.repeat(100)), behind: text('behind') })],
  ['an unpacked kernel', elf({ content: concat(text('IKCFG_ST'), gzipSync('CONFIG=y'), text('IKCFG_ED')) })],
  ['a kernel for EFI', writeZboot(gzipSync('a kernel '.repeat(100)), 'gzip')],
]

describe.each(WHOLE)('%s', (_, bytes) => {
  it('adds up wherever it is cut', async () => {
    let opened = 0
    for (let cut = 0; cut < 200; cut += 1) {
      const { refusal } = await survives(bytes.slice(0, 1 + Math.floor((cut * bytes.length) / 200)))
      if (refusal === undefined) opened += 1
    }
    expect(opened).toBeGreaterThan(50)
  })

  it('adds up whatever bytes of its headers are changed', async () => {
    const random = new Random(16)
    for (let round = 0; round < 400; round += 1) {
      const changed = Uint8Array.from(bytes)
      for (let change = 0; change <= round % 4; change += 1) changed[2 + random.below(700)] = random.below(256)
      await survives(changed)
    }
  })
})
