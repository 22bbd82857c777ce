import { execFile, execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { zlib } from './load-zlib.ts'

/** Compresses a block, and says how long the result is. */
export type CompressedLength = (block: Uint8Array) => Promise<number>

/** A compressor with its settings. */
export interface Compressor {
  /** As squashfs names it: "zstd". */
  readonly name: 'gzip' | 'zstd' | 'xz'
  /** For gzip and zstd the level; for xz whether it also tries the filter for x86 code. */
  readonly level: number | 'x86' | 'plain'
  /** What compresses: "node:zlib", or a program. */
  readonly by: string
  readonly lengthOf: CompressedLength
}

/** Which compressors there are, and which are missing. */
export interface Compressors {
  readonly found: readonly Compressor[]
  /** Names of programs that would be needed. */
  readonly missing: readonly string[]
}

/** zlib's level in mksquashfs. */
const GZIP_LEVEL = 9
/** A level of each price; 15 is the default of mksquashfs, 19 that of NixOS, and 22 the highest. */
const ZSTD_LEVELS = [3, 6, 15, 19, 22]
/** The level of xz in mksquashfs: LZMA_PRESET_DEFAULT. */
const XZ_PRESET = 6
/** What a program may write: a block that does not get smaller gets a little larger. */
const MAX_OUTPUT = 1 << 22

/**
 * Finds the compressors of squashfs that can be used here. zstd is in Node from 22.15; before, the program is used. xz
 * is always the program.
 * @param levels further levels of zstd
 * @param plainXz whether xz is wanted without the filter for x86 code too
 */
export function findCompressors(levels: readonly number[] = [], plainXz = false): Compressors {
  const zstd = zstdAt()
  const xz = isInstalled('xz')
  const zstdLevels = [...new Set([...ZSTD_LEVELS, ...levels])].sort((a, b) => a - b)
  return {
    found: [
      isInstalled('gzip')
        ? { name: 'gzip', level: GZIP_LEVEL, by: 'the program gzip', lengthOf: gzipLength }
        : { name: 'gzip', level: GZIP_LEVEL, by: 'node:zlib', lengthOf: deflatedLength },
      ...(zstd === undefined
        ? []
        : zstdLevels.map((level): Compressor => ({ name: 'zstd', level, by: zstd.by, lengthOf: zstd.at(level) }))),
      ...(xz
        ? (plainXz ? (['plain', 'x86'] as const) : (['x86'] as const)).map(
            (level): Compressor => ({ name: 'xz', level, by: 'the program xz', lengthOf: xzLength(level) }),
          )
        : []),
    ],
    missing: [...(zstd === undefined ? ['zstd'] : []), ...(xz ? [] : ['xz'])],
  }
}

/** How many blocks are compressed at a time. */
export function parallelBlocks(): number {
  return availableParallelism()
}

/** What a gzip file has besides the stream (RFC 1952), more than the zlib stream of squashfs has (RFC 1950). In bytes. */
const GZIP_MORE = 18 - 6

async function gzipLength(block: Uint8Array): Promise<number> {
  return (await outputLength('gzip', ['-c', '-n', `-${GZIP_LEVEL}`], block)) - GZIP_MORE
}

/** Node's zlib has other matches than zlib itself, and yields 2 % more on programs and text. */
async function deflatedLength(block: Uint8Array): Promise<number> {
  return (await promisify(zlib().deflate)(block, { level: GZIP_LEVEL })).length
}

function zstdAt(): { readonly by: string; at(level: number): CompressedLength } | undefined {
  const { zstdCompress, constants } = zlib() as ZlibWithZstd
  if (zstdCompress !== undefined && constants.ZSTD_c_compressionLevel !== undefined) {
    const key = constants.ZSTD_c_compressionLevel
    const compress = promisify(zstdCompress)
    return {
      by: 'node:zlib',
      at: (level) => async (block) =>
        (await compress(block, { params: { [key]: level }, pledgedSrcSize: block.length })).length,
    }
  }
  if (!isInstalled('zstd')) return undefined
  return {
    by: 'the program zstd',
    at: (level) => (block) =>
      outputLength(
        'zstd',
        [
          '-q',
          '-c',
          '--no-check',
          '--single-thread',
          ...(level > 19 ? ['--ultra'] : []),
          `-${level}`,
          `--stream-size=${block.length}`,
        ],
        block,
      ),
  }
}

/** zlib of Node 22.15 and later; the types that we compile with are those of Node 20. */
interface ZlibWithZstd {
  readonly zstdCompress?: (
    input: Uint8Array,
    options: object,
    done: (error: Error | null, output: Uint8Array) => void,
  ) => void
  readonly constants: { readonly ZSTD_c_compressionLevel?: number }
}

/** mksquashfs keeps the shorter one of the block with and without the filter (its xz_wrapper.c). */
function xzLength(level: 'plain' | 'x86'): CompressedLength {
  return async (block) => {
    const dictionary = `--lzma2=preset=${XZ_PRESET},dict=${Math.max(block.length, 4096)}`
    const filters = level === 'x86' ? [[], ['--x86']] : [[]]
    const lengths = filters.map((filter) =>
      outputLength('xz', ['-q', '-c', '--threads=1', '--check=crc32', ...filter, dictionary], block),
    )
    return Math.min(...(await Promise.all(lengths)))
  }
}

function outputLength(program: string, args: readonly string[], input: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, { encoding: 'buffer', maxBuffer: MAX_OUTPUT }, (error, stdout) =>
      error === null ? resolve(stdout.length) : reject(error),
    )
    // If the program ends before it has read everything, its exit code says why.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
