import { type ByteSource, bytesSource } from '../bytes/source.ts'
import { detectCompression } from '../codecs/compression.ts'
import { type ForeignFile, type Recogniser, textAt } from './foreign-file.ts'

/** Bytes of a header in the new formats, "newc" and "crc" (cpio(5), New ASCII Format). */
const HEADER_SIZE = 110
/** Names that we read to find the end of the first archive. Microcode has a dozen, a whole initrd two thousand. */
const NAMES_LIMIT = 20_000
/** Zeros to skip between two archives. cpio pads to 512 bytes, initrds to 4 KiB at most. */
const PADDING_LIMIT = 4096
/** Files that the kernel loads as updates of the processor's microcode. */
const MICROCODE = /^(\.\/)?kernel\/x86\/microcode\//
/** Programs that the kernel starts in an initrd, and folders that no other archive begins with. */
const SYSTEM = /^(\.\/)?(init|sbin\/init|linuxrc|nix\/store|conf\/initramfs.*)$/

const LISTS_INITRD = (file: string): string => `lsinitramfs ${file} or lsinitrd ${file} lists it`

/** A cpio archive, or an initrd: several archives one after the other, each of which may be compressed. */
export const recogniseCpio: Recogniser = (source, file) => {
  const magic = textAt(source, 0, 6)
  const plain = { advice: `cpio -t < ${file()} lists it`, offset: 0 }
  if (magic === '070707') return { what: 'a cpio archive (odc)', ...plain }
  const old = textAt(source, 0, 2)
  // The magic is only two bytes, so we also require a name of 1 to 255 bytes, in the same byte order.
  if ((old === '\xc7\x71' && isName(textAt(source, 20, 2))) || (old === '\x71\xc7' && isName(reversed(source)))) {
    return { what: 'a cpio archive (old binary)', ...plain }
  }
  if (magic !== '070701' && magic !== '070702') return undefined
  const { hasMicrocode, hasSystem, end } = walk(source)
  const next = end === undefined ? undefined : whatFollows(source, end)
  if (!hasMicrocode && !hasSystem && next === undefined) return { what: 'a cpio archive', ...plain }
  const first = hasMicrocode ? 'a cpio archive of CPU microcode' : 'a cpio archive'
  const what = `an initrd: ${first}${next === undefined ? '' : `, then ${next}`}`
  return { what, advice: LISTS_INITRD(file()), offset: 0 }
}

/** An initrd that is compressed as a whole. */
export function compressedInitrd(compression: string, file: string): ForeignFile {
  return {
    what: `an initrd: a cpio archive compressed with ${compression}`,
    advice: LISTS_INITRD(file),
    offset: 0,
  }
}

function isName(length: string | undefined): boolean {
  return length !== undefined && length.charCodeAt(1) === 0 && length.charCodeAt(0) > 1
}

function reversed(source: ByteSource): string | undefined {
  return textAt(source, 20, 2)?.split('').reverse().join('')
}

interface Walked {
  readonly hasMicrocode: boolean
  readonly hasSystem: boolean
  /** Where the first archive ends; undefined if we did not find its end. */
  readonly end: number | undefined
}

function walk(source: ByteSource): Walked {
  let [at, hasMicrocode, hasSystem] = [0, false, false]
  for (let index = 0; index < NAMES_LIMIT; index += 1) {
    const header = textAt(source, at, HEADER_SIZE)
    if (header === undefined || !/^07070[12][0-9a-f]{104}$/i.test(header)) break
    const size = Number.parseInt(header.slice(54, 62), 16)
    const nameSize = Number.parseInt(header.slice(94, 102), 16)
    const name = textAt(source, at + HEADER_SIZE, Math.min(nameSize, PADDING_LIMIT))?.replace(/\0.*$/s, '') ?? ''
    at = padded(padded(at + HEADER_SIZE + nameSize) + size)
    if (name === 'TRAILER!!!') return { hasMicrocode, hasSystem, end: at }
    hasMicrocode ||= MICROCODE.test(name)
    hasSystem ||= SYSTEM.test(name)
  }
  return { hasMicrocode, hasSystem, end: undefined }
}

function padded(offset: number): number {
  return Math.ceil(offset / 4) * 4
}

/** The archive after the zeros that follow the first one, with its article. */
function whatFollows(source: ByteSource, end: number): string | undefined {
  const text = textAt(source, end, Math.min(PADDING_LIMIT, source.size - end)) ?? ''
  const zeros = /^\0*/.exec(text)![0].length
  const start = end + zeros
  if (zeros === text.length) return undefined
  if (/^07070[12]/.test(text.slice(zeros))) return 'another one'
  const compression = detectCompression(tail(source, start))
  return compression === undefined ? undefined : `one compressed with ${compression.name}`
}

/** The first bytes from `start` on, enough to detect a compression. */
function tail(source: ByteSource, start: number): ByteSource {
  return bytesSource(source.read(start, Math.min(64, source.size - start)), source.name)
}
