import { concat, pack, text } from '../squashfs/writer.ts'

/** Writers of programs and kernels for tests, in which fields can be set to anything. They check nothing. */

export interface SectionFields {
  readonly name: string
  readonly content: Uint8Array
  /** By default the length of the content. */
  readonly virtualSize?: number
  /** By default the length of the content, padded to 512 bytes. */
  readonly rawSize?: number
  /** By default where the content is put. */
  readonly pointer?: number
}

export interface ProgramFields {
  readonly sections?: readonly SectionFields[]
  /** The number of sections that the header has. */
  readonly count?: number
  readonly subsystem?: number
  readonly machine?: number
  /** Names of the string table, one after the other, behind a table of this many symbols. */
  readonly strings?: readonly string[]
  readonly symbols?: number
  /** What is behind the sections. */
  readonly certificates?: Uint8Array
  readonly overlay?: Uint8Array
  /** PE32 instead of PE32+. */
  readonly bits?: 32 | 64
}

const HEADERS = 128
const FILE_ALIGNMENT = 512

function padded(bytes: Uint8Array, unit = FILE_ALIGNMENT): Uint8Array {
  return concat(bytes, new Uint8Array((unit - (bytes.length % unit)) % unit))
}

/** A program in PE format ("PE Format"), whose sections are aligned to 512 bytes. */
export function writeProgram(fields: ProgramFields = {}): Uint8Array {
  const { sections = [], count = sections.length, subsystem = 10, machine = 0x8664, bits = 64 } = fields
  const directories = bits === 64 ? 112 : 96
  const optionalSize = directories + 16 * 8
  const table = HEADERS + 24 + optionalSize
  const first = Math.ceil((table + 40 * sections.length) / FILE_ALIGNMENT) * FILE_ALIGNMENT
  const rows: Uint8Array[] = []
  const contents: Uint8Array[] = []
  let at = first
  for (const { name, content, ...set } of sections) {
    const raw = padded(content)
    const { virtualSize = content.length, rawSize = raw.length, pointer = at } = set
    rows.push(
      concat(
        text(name.padEnd(8, '\0')),
        pack([4, virtualSize], [4, 0x1000], [4, rawSize], [4, pointer]),
        new Uint8Array(16),
      ),
    )
    contents.push(raw)
    at += raw.length
  }
  const strings = (fields.strings ?? []).map((string) => text(`${string}\0`))
  const { symbols = 0 } = fields
  const stringTable =
    fields.strings === undefined
      ? new Uint8Array(0)
      : padded(concat(new Uint8Array(symbols * 18), pack([4, 4 + concat(...strings).length]), ...strings), 8)
  const { certificates = new Uint8Array(0) } = fields
  const certificatesAt = at + stringTable.length
  const symbolsAt = fields.strings === undefined ? 0 : at
  const coff = pack([2, machine], [2, count], [4, 0], [4, symbolsAt], [4, symbols], [2, optionalSize], [2, 0x22])
  const optional = concat(
    pack([2, bits === 64 ? 0x20b : 0x10b], [30, 0], [4, 0x1000], [4, FILE_ALIGNMENT], [16, 0], [4, at], [4, first]),
    pack([4, 0], [2, subsystem], [directories - 70 - 4, 0], [4, 16], [32, 0]),
    pack([4, certificates.length === 0 ? 0 : certificatesAt], [4, certificates.length], [88, 0]),
  )
  const dos = concat(text('MZ'), new Uint8Array(0x3a), pack([4, HEADERS]), text('a stub for MS-DOS'.padEnd(64, '\0')))
  const head = concat(dos, text('PE\0\0'), coff, optional, ...rows)
  return concat(
    head,
    new Uint8Array(first - head.length),
    ...contents,
    stringTable,
    certificates,
    fields.overlay ?? new Uint8Array(0),
  )
}

export interface KernelFields {
  readonly setupSectors?: number
  /** Version of the boot protocol, 0x20f for 2.15. */
  readonly protocol?: number
  /** In units of 16 bytes; by default those of the protected-mode kernel. */
  readonly syssize?: number
  readonly version?: string
  /** By default where the version is put, less 512. */
  readonly versionPointer?: number
  /** The payload as it is stored, with the number behind it. */
  readonly payload?: Uint8Array
  readonly payloadOffset?: number
  readonly payloadLength?: number
  /** What is behind the kernel. */
  readonly behind?: Uint8Array
}

/** A kernel for x86 (kernel: Documentation/arch/x86/boot.rst): 4 setup sectors, some code, a payload, some code. */
export function writeBzImage(fields: KernelFields = {}): Uint8Array {
  const { payload = text('a payload that is not compressed'), version = '6.12.90 (builder@host) #1 SMP' } = fields
  const code = text('head of the kernel'.padEnd(100, '.'))
  const body = padded(concat(code, payload, text('rest of the kernel')), 16)
  const setup = new Uint8Array(5 * 512).fill(0x90)
  const versionAt = 0x600
  setup.set(concat(text(version), Uint8Array.of(0)), versionAt)
  const header = concat(
    pack([1, fields.setupSectors ?? 4], [2, 0], [4, fields.syssize ?? body.length / 16], [6, 0], [2, 0xaa55], [2, 0]),
    text('HdrS'),
    pack([2, fields.protocol ?? 0x20f], [6, 0], [2, fields.versionPointer ?? versionAt - 512], [56, 0]),
    pack([4, fields.payloadOffset ?? code.length], [4, fields.payloadLength ?? payload.length]),
  )
  setup.set(header, 0x1f1)
  return concat(setup, body, fields.behind ?? new Uint8Array(0))
}

/** A kernel that unpacks itself under EFI (kernel: drivers/firmware/efi/libstub/zboot-header.S). */
export function writeZboot(
  payload: Uint8Array,
  compression: string,
  place: { offset?: number; size?: number } = {},
): Uint8Array {
  const { offset = 512, size = payload.length } = place
  const head = concat(
    text('MZ\0\0zimg'),
    pack([4, offset], [4, size], [8, 0]),
    text(compression.padEnd(32, '\0')),
    pack([4, 0x818223cd], [4, 0]),
  )
  return concat(head, text('code '.repeat(200).slice(0, 512 - head.length)), payload, text('more code'))
}

/** An uncompressed kernel for arm64 or RISC-V, by the magic of its header. */
export function writeImage(magic: 'ARM\x64' | 'RSC\x05', code: Uint8Array): Uint8Array {
  return concat(new Uint8Array(56), text(magic), pack([4, 0]), code)
}

export interface VmlinuxFields {
  readonly sections: readonly {
    readonly name: string
    readonly content: Uint8Array
    readonly type?: number
    /** By default where the content is put, and its length. */
    readonly offset?: number
    readonly size?: number
  }[]
  /** Fields of the header (System V ABI). */
  readonly shoff?: number
  readonly shstrndx?: number
  readonly type?: number
  readonly bits?: number
  readonly byteOrder?: number
  readonly phoff?: number
  readonly shnum?: number
  /** The address of its one segment. */
  readonly address?: bigint
}

/** A 64-bit ELF program with one segment (System V ABI): an unpacked kernel, unless fields say otherwise. */
export function writeVmlinux(fields: VmlinuxFields): Uint8Array {
  const { sections, type = 2, bits = 2, byteOrder = 1, phoff = 64, address = 0xffffffff81000000n } = fields
  const names = [...sections.map(({ name }) => name), '.shstrtab']
  const strings = text(`\0${names.map((name) => `${name}\0`).join('')}`)
  const nameAt = names.map((_, index) => 1 + names.slice(0, index).join('\0').length + (index === 0 ? 0 : 1))
  const all: VmlinuxFields['sections'] = [...sections, { name: '.shstrtab', content: strings, type: 3 }]
  const start = 64 + 56 + 8
  const contents: Uint8Array[] = []
  const rows: Uint8Array[] = [new Uint8Array(64)]
  let at = start
  for (const [index, { content, type: sectionType = 1, offset = at, size = content.length }] of all.entries()) {
    const isStored = sectionType !== 8
    rows.push(
      concat(
        pack([4, nameAt[index]!], [4, sectionType]),
        new Uint8Array(16),
        pack([8, offset], [8, size]),
        new Uint8Array(24),
      ),
    )
    if (isStored) contents.push(content)
    at += isStored ? content.length : 0
  }
  const { shnum = rows.length, shoff = at, shstrndx = shnum === 0 ? 0 : rows.length - 1 } = fields
  const magic = [0x7f, 0x45, 0x4c, 0x46, bits, byteOrder, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  const header = concat(
    Uint8Array.from(magic),
    pack([2, type], [2, 62], [4, 1], [8, 0x1000000], [8, phoff], [8, shoff], [4, 0]),
    pack([2, 64], [2, 56], [2, 1], [2, 64], [2, shnum], [2, shstrndx]),
  )
  const addresses = new Uint8Array(16)
  new DataView(addresses.buffer).setBigUint64(0, address, true)
  const segment = concat(pack([4, 1], [4, 5], [8, start]), addresses, pack([8, at - start], [8, at - start], [8, 4096]))
  return concat(header, segment, new Uint8Array(8), ...contents, ...rows)
}
