import { FormatError } from '../bytes/errors.ts'
import { joined } from '../bytes/joined.ts'
import { type ByteSource, sliceSource } from '../bytes/source.ts'
import { portableStreams } from '../codecs/streams.ts'

/** The marks around the configuration of a kernel (kernel: kernel/configs.c). */
const START = Uint8Array.from('IKCFG_ST', (letter) => letter.charCodeAt(0))
const END = Uint8Array.from('IKCFG_ED', (letter) => letter.charCodeAt(0))
/** Bytes of the kernel that we read at a time. */
const PIECE = 1 << 20
/** The longest configuration, unpacked. Those of distributions have 300 KiB. */
const LONGEST = 1 << 24
/** Marks to try. The kernel's own code does not have the first one a second time, but data may. */
const MOST_MARKS = 64

/** A configuration: where its gzip file lies, and its text. */
interface Config {
  readonly place: { readonly offset: number; readonly length: number }
  readonly text: Uint8Array
}

/**
 * The configuration that a kernel carries (CONFIG_IKCONFIG): a gzip file between two marks. It reads each byte of the
 * source at most twice, and keeps one piece of it and the configuration in memory.
 * @param source the unpacked kernel, such as vmlinux
 * @returns the text of the configuration; undefined if the kernel has none
 */
export function kernelConfig(source: ByteSource): Uint8Array | undefined {
  return findConfig(source)?.text
}

/** Where the gzip file of the configuration lies in an unpacked kernel; undefined if the kernel has none. */
export function kernelConfigPlace(source: ByteSource): Config['place'] | undefined {
  return findConfig(source)?.place
}

function findConfig(source: ByteSource): Config | undefined {
  let marks = 0
  for (let at = 0; at < source.size; at += PIECE) {
    // The pieces overlap by a mark less one byte, so that no mark is cut in two.
    const piece = source.read(at, Math.min(PIECE + START.length - 1, source.size - at))
    for (let found = indexOf(piece, START, 0); found >= 0; found = indexOf(piece, START, found + 1)) {
      const config = configAt(source, at + found + START.length)
      marks += 1
      if (config !== undefined || marks === MOST_MARKS) return config
    }
  }
  return undefined
}

/** The configuration that begins at an offset; undefined if there is no gzip file, or no mark behind it. */
function configAt(source: ByteSource, start: number): Config | undefined {
  const rest = sliceSource(source, start, Math.min(LONGEST, source.size - start), source.name)
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    const stream = portableStreams.gzip(rest, { stopsAtEnd: true, readAhead: 1 << 16 })
    for (let next = stream.next(); ; next = stream.next()) {
      if (next.done === true) {
        const isWhole = indexOf(rest.read(next.value, Math.min(END.length, rest.size - next.value)), END, 0) === 0
        if (!isWhole) return undefined
        return { place: { offset: start, length: next.value }, text: joined(pieces) }
      }
      length += next.value.length
      if (length > LONGEST) return undefined
      pieces.push(next.value.slice())
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return undefined
  }
}

/** The first place of `wanted` in `bytes` from `start` on; -1 if there is none. */
function indexOf(bytes: Uint8Array, wanted: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(wanted[0]!, start); at >= 0; at = bytes.indexOf(wanted[0]!, at + 1)) {
    let matching = 1
    while (matching < wanted.length && bytes[at + matching] === wanted[matching]) matching += 1
    if (matching === wanted.length) return at
  }
  return -1
}
