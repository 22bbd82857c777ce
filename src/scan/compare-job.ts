import { areEqualBytes } from '#platform/equal-bytes'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import { type ByteSource, checkRange } from '../../parsers/bytes/source.ts'
import { portableDecoders } from '../../parsers/codecs/decoders.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { BlockReader } from '../images/block-reader.ts'
import { isSameStream } from '../images/same-bytes.ts'
import { bytesWithoutHashes } from '../owners/nix/bytes-without-hashes.ts'
import type { ScanError } from './scan-job.ts'

/** Two files of the same length, by the places of their content. */
export interface ComparePair {
  readonly old: readonly StoredRun[]
  readonly new: readonly StoredRun[]
  /** Whether differences in the hashes of owners count. */
  readonly hashes: boolean
}

/** Work for one thread: it holds the places of contents, never the bytes. */
export interface CompareJob {
  readonly pairs: readonly ComparePair[]
}

/** The result of a job for each of its pairs, in order. */
export interface CompareJobResult {
  /** 1 for equal contents. */
  readonly same: Uint8Array
  /** Pairs that we cannot read, by their place in the job. */
  readonly failures: readonly { readonly pair: number; readonly error: ScanError }[]
}

/** Runs a job on the two files that its places refer to. */
export type RunCompareJob = (job: CompareJob, old: ByteSource, now: ByteSource) => CompareJobResult

/** How many bytes we compare at once. */
const PIECE = 1 << 20
/** How many blocks we remember as stored alike or not, because thousands of short files may share one. */
const KEPT_ANSWERS = 64

/** Makes a runner for the jobs of one thread. It keeps the last unpacked blocks from job to job. */
export function compareJobRunner(decompressors = portableDecoders): RunCompareJob {
  let sides: { readonly old: Side; readonly now: Side } | undefined
  return ({ pairs }, old, now) => {
    if (sides?.old.source !== old || sides.now.source !== now) {
      // We counted the content to read when we made the job.
      const side = (source: ByteSource): Side => new Side(source, new BlockReader(source, decompressors, () => {}))
      sides = { old: side(old), now: side(now) }
    }
    const same = new Uint8Array(pairs.length)
    const failures: { pair: number; error: ScanError }[] = []
    for (const [index, pair] of pairs.entries()) {
      try {
        if (isSame(pair, sides.old, sides.now)) same[index] = 1
      } catch (error) {
        const { code, detail, facts } = asFormatError(error)
        failures.push({ pair: index, error: { code, detail, facts } })
      }
    }
    return { same, failures }
  }
}

/** One of the two files. */
class Side {
  readonly source: ByteSource
  readonly reader: BlockReader
  /** Whether a block is stored alike in both files, by its place in both. */
  readonly answers = new Map<string, boolean>()
  #stored = new Uint8Array(0)

  constructor(source: ByteSource, reader: BlockReader) {
    this.source = source
    this.reader = reader
  }

  /** The stored bytes of a run, valid until the next call. */
  stored({ offset, storedLength }: StoredRun): Uint8Array {
    checkRange(this.source, offset, storedLength, 'data block')
    if (this.#stored.length < storedLength) this.#stored = new Uint8Array(storedLength)
    const bytes = this.#stored.subarray(0, storedLength)
    this.source.readInto(bytes, offset, storedLength)
    return bytes
  }

  /** The content of runs in order, in pieces of at most 1 MiB. */
  *pieces(runs: readonly StoredRun[]): Generator<Uint8Array> {
    for (const run of runs) {
      for (let done = 0; done < run.length; done += PIECE) {
        yield this.reader.read(run, done, Math.min(PIECE, run.length - done))
      }
    }
  }
}

function isSame(pair: ComparePair, old: Side, now: Side): boolean {
  if (isSameBytes(pair, old, now)) return true
  if (pair.hashes) return false
  return isSameStream(bytesWithoutHashes(old.pieces(pair.old)), bytesWithoutHashes(now.pieces(pair.new)))
}

/** Compares contents run by run. If the stored bytes are equal, we unpack nothing. */
function isSameBytes(pair: ComparePair, old: Side, now: Side): boolean {
  const left = { run: 0, done: 0 }
  const right = { run: 0, done: 0 }
  const settle = (at: typeof left, runs: readonly StoredRun[]): void => {
    for (; at.run < runs.length && at.done >= runs[at.run]!.length; at.run += 1) at.done = 0
  }
  for (;;) {
    settle(left, pair.old)
    settle(right, pair.new)
    const [a, b] = [pair.old[left.run], pair.new[right.run]]
    if (a === undefined || b === undefined) return a === b
    if (left.done === 0 && right.done === 0 && isStoredAlike(a, b, old, now)) {
      left.done = a.length
      right.done = b.length
      continue
    }
    const length = Math.min(a.length - left.done, b.length - right.done, PIECE)
    const [one, other] = [old.reader.read(a, left.done, length), now.reader.read(b, right.done, length)]
    if (!areEqualBytes(one, other)) return false
    left.done += length
    right.done += length
  }
}

/** Whether two runs have the same stored bytes and the same compression. */
function isStoredAlike(a: StoredRun, b: StoredRun, old: Side, now: Side): boolean {
  if (a.codec !== b.codec || a.skip !== b.skip || a.length !== b.length) return false
  if (a.codec === 'hole') return true
  // If it is stored uncompressed, we need not read it twice.
  if (a.codec === 'stored' || a.storedLength !== b.storedLength || a.unpackedLimit !== b.unpackedLimit) return false
  const key = `${a.offset} ${b.offset} ${a.storedLength}`
  const known = old.answers.get(key)
  if (known !== undefined) return known
  const alike = areEqualBytes(old.stored(a), now.stored(b))
  if (old.answers.size >= KEPT_ANSWERS) old.answers.clear()
  old.answers.set(key, alike)
  return alike
}
