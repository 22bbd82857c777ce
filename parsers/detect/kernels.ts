import { byteString } from '../bytes/byte-string.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type ForeignFile, type Recogniser, textAt, viewAt } from './foreign-file.ts'

/** Bytes of a version string that we read. Linux's have about a hundred, and we show the first word. */
const VERSION_LENGTH = 128

const NO_FILES = 'it has no files to list'

/**
 * A kernel for x86, or a program that a boot loader starts like one, such as Memtest86+ and iPXE (kernel:
 * Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header").
 */
const recogniseX86: Recogniser = (source) => {
  const header = viewAt(source, 0x1f1, 0x20)
  if (header === undefined || textAt(source, 0x202, 4) !== 'HdrS' || textAt(source, 0x1fe, 2) !== '\x55\xaa') {
    return undefined
  }
  const { version, isLinux } = versionAt(source, header.getUint16(0x20e - 0x1f1, true))
  return kernel(isLinux ? 'a Linux kernel for x86' : 'a program that boots like a Linux kernel', version, 0x202)
}

/**
 * The first word of the version string. Its pointer counts from the second sector; 0 means none. In Linux, the name of
 * the builder follows in brackets (kernel: arch/x86/boot/version.c).
 */
function versionAt(source: ByteSource, pointer: number): { version: string | undefined; isLinux: boolean } {
  const start = pointer + 0x200
  if (pointer === 0 || start >= source.size) return { version: undefined, isLinux: true }
  const text = byteString(source.read(start, Math.min(VERSION_LENGTH, source.size - start)))
  const version = /^[!-~]+/.exec(text)?.[0]
  return { version, isLinux: version === undefined || /^\d+\.\d\S* \(/.test(text) }
}

function kernel(what: string, version: string | undefined, offset: number): ForeignFile {
  return { what: version === undefined ? what : `${what} (${version})`, advice: NO_FILES, offset }
}

/** Kernels for other machines, by the magic of each machine's image header (kernel: Documentation/arch). */
const MAGICS: readonly { readonly offset: number; readonly bytes: string; readonly what: string }[] = [
  { offset: 56, bytes: 'ARM\x64', what: 'a Linux kernel for arm64' },
  { offset: 56, bytes: 'RSC\x05', what: 'a Linux kernel for RISC-V' },
  { offset: 36, bytes: '\x18\x28\x6f\x01', what: 'a Linux kernel for ARM (zImage)' },
  { offset: 0, bytes: '\x27\x05\x19\x56', what: 'a U-Boot image (uImage), usually a Linux kernel' },
]

const recogniseOther: Recogniser = (source) => {
  const found = MAGICS.find(({ offset, bytes }) => textAt(source, offset, bytes.length) === bytes)
  return found === undefined ? undefined : kernel(found.what, undefined, found.offset)
}

/** A kernel that unpacks itself under EFI (kernel: drivers/firmware/efi/libstub/zboot-header.S). */
const recogniseZboot: Recogniser = (source) => {
  if (textAt(source, 0, 2) !== 'MZ' || textAt(source, 4, 4) !== 'zimg') return undefined
  const compression = /^[a-z0-9]+/.exec(textAt(source, 24, 16) ?? '')?.[0]
  return kernel('a Linux kernel for EFI', compression === undefined ? undefined : `compressed with ${compression}`, 4)
}

/** These come before EFI programs, because many kernels look like EFI programs too. */
export const KERNELS: readonly Recogniser[] = [recogniseX86, recogniseOther, recogniseZboot]
