import { startHash } from '#platform/running-hash'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { portableBlockDecompressor } from '../../parsers/codecs/decoders.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { type ReferenceScanner, ReferenceStream } from '../owners/nix/reference-scanner.ts'
import { HASH_ALGORITHMS, type HashAlgorithm, type RunningHash } from '../platform/running-hash.ts'
import { RunReader } from './run-reader.ts'
import type { ScanError } from './scan-job.ts'

/** The codecs of runs, by their numbers in a reading. */
export const RUN_CODECS: readonly StoredRun['codec'][] = ['stored', 'hole', 'zlib', 'lzma', 'lzo', 'xz', 'lz4', 'zstd']
/** Bit of a codec's number: other contents have parts of the same block. */
export const SHARED = 0x80
/** Numbers in a reading for each run. */
export const RUN_NUMBERS = 5

/** Contents to read one after the other, by their places, and the bytes around them. */
export interface Reading {
  /** What to hash it with; undefined to read it only. */
  readonly hash: HashAlgorithm | undefined
  /** Whether to search it for the hashes of owners. */
  readonly isSearched: boolean
  /** The bytes before each content, and those after the last one. */
  readonly between: Uint8Array
  /** For each content, where the bytes before it end in `between`. */
  readonly betweenEnds: Float64Array
  /** For each content, the number of its runs. */
  readonly runCounts: Uint32Array
  /** Offset, stored length, length, skip and most unpacked bytes of each run. */
  readonly runs: Float64Array
  /** The codec of each run, by its number. */
  readonly codecs: Uint8Array
  /** For each content, the number of its own hash in HASH_ALGORITHMS plus 1; 0 for none. Absent if no content has one. */
  readonly each?: Uint8Array
}

/** Work for one thread: it holds the places of contents, and the few bytes that are not content. */
export interface ReadJob {
  readonly readings: readonly Reading[]
}

/** What became of a reading. */
export interface ReadResult {
  /** In hexadecimal; undefined if we could not read everything, or if no hash is wanted. */
  readonly hash: string | undefined
  /** The bytes that it covers; undefined where the hash is. */
  readonly size: number | undefined
  /** The numbers of the hashes that occur in it, each once. */
  readonly found: Uint32Array
  /** The first contents that we could not read, by their number, and how many there are. */
  readonly failures: readonly { readonly content: number; readonly error: ScanError }[]
  readonly failed: number
  /**
   * For each content, its own hash in hexadecimal: '' if none is wanted, undefined if we could not read it. Absent if no content
   * has one.
   */
  readonly each?: readonly (string | undefined)[]
}

/** The result of a job for each of its readings, in order. */
export interface ReadJobResult {
  readonly results: readonly ReadResult[]
}

export type RunReadJob = (job: ReadJob, source: ByteSource) => ReadJobResult

/** How many failures of one reading we report. */
const MOST_FAILURES = 10
/** Short pieces are collected up to this size. Without that, a verification takes 8 % more CPU time. */
const COLLECTED = 1 << 16

/** Makes a runner for the jobs of one thread. It keeps the memory for blocks, and the last ones, from job to job. */
export function readJobRunner(scanner: ReferenceScanner, decompressor = portableBlockDecompressor()): RunReadJob {
  let reader: RunReader | undefined
  const collected = new Uint8Array(COLLECTED)
  return ({ readings }, source) => {
    if (reader?.source !== source) reader = new RunReader(source, decompressor)
    const { pieces } = reader
    return { results: readings.map((reading) => read(reading, pieces, scanner, collected)) }
  }
}

type Pieces = RunReader['pieces']

function read(reading: Reading, pieces: Pieces, scanner: ReferenceScanner, collected: Uint8Array): ReadResult {
  const { between, betweenEnds, runCounts, each } = reading
  const hashes: (string | undefined)[] = []
  let own: RunningHash | undefined
  const hash = reading.hash === undefined ? undefined : startHash(reading.hash)
  const found = new Set<number>()
  const stream = reading.isSearched ? new ReferenceStream(scanner, (number) => found.add(number)) : undefined
  const failures: { content: number; error: ScanError }[] = []
  let failed = 0
  let size = 0
  let length = 0
  const pass = (bytes: Uint8Array): void => {
    // A hash of a part says nothing.
    if (failed === 0) hash?.update(bytes)
    own?.update(bytes)
    size += bytes.length
    stream?.push(bytes)
  }
  const flush = (): void => {
    if (length > 0) pass(collected.subarray(0, length))
    length = 0
  }
  const push = (bytes: Uint8Array): void => {
    if (length + bytes.length > COLLECTED) flush()
    if (bytes.length > COLLECTED / 4) {
      flush()
      pass(bytes)
      return
    }
    collected.set(bytes, length)
    length += bytes.length
  }
  const isLookedAt = hash !== undefined || stream !== undefined
  const skip = (): void => {}
  let at = 0
  let run = 0
  for (let content = 0; content < runCounts.length; content += 1) {
    const end = betweenEnds[content]!
    const algorithm = HASH_ALGORITHMS[(each?.[content] ?? 0) - 1]
    own = algorithm === undefined ? undefined : startHash(algorithm)
    const take = isLookedAt || own !== undefined ? push : skip
    take(between.subarray(at, end))
    at = end
    const failedBefore = failed
    const lastRun = run + runCounts[content]!
    try {
      for (let index = run; index < lastRun; index += 1) pieces(runOf(reading, index), isShared(reading, index), take)
    } catch (error) {
      const { code, detail, facts } = asFormatError(error)
      failed += 1
      if (failures.length < MOST_FAILURES) failures.push({ content, error: { code, detail, facts } })
    }
    run = lastRun
    if (each === undefined) continue
    flush()
    hashes.push(failed > failedBefore ? undefined : (own?.digest() ?? ''))
    own = undefined
  }
  if (isLookedAt) push(between.subarray(at))
  flush()
  const digest = failed === 0 ? hash?.digest() : undefined
  return {
    hash: digest,
    size: digest === undefined ? undefined : size,
    found: Uint32Array.from(found),
    failures,
    failed,
    ...(each === undefined ? {} : { each: hashes }),
  }
}

function runOf({ runs, codecs }: Reading, index: number): StoredRun {
  const at = index * RUN_NUMBERS
  return {
    offset: runs[at]!,
    storedLength: runs[at + 1]!,
    length: runs[at + 2]!,
    skip: runs[at + 3]!,
    unpackedLimit: runs[at + 4]!,
    codec: RUN_CODECS[codecs[index]! & ~SHARED]!,
  }
}

function isShared({ codecs }: Reading, index: number): boolean {
  return (codecs[index]! & SHARED) !== 0
}
