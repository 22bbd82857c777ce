import { asFormatError } from '../../parsers/bytes/errors.ts'
import { type ByteSource, checkRange } from '../../parsers/bytes/source.ts'
import type { StoredRun } from '../../parsers/image.ts'
import { BlockReader } from '../images/block-reader.ts'
import { bytesWithoutHashes } from '../owners/nix/bytes-without-hashes.ts'
import { decompressors as nodeDecompressors } from '../platform/node/node-decoders.ts'
import { isSameStream } from './same-stream.ts'
import type { ScanError } from './scan-job.ts'

/** Two files of one length, by the places of their content. */
export interface ComparePair {
  readonly old: readonly StoredRun[]
  readonly new: readonly StoredRun[]
  /** Whether the hashes of store paths in the contents count. */
  readonly hashes: boolean
}

/** Work that fits one thread: contents by place, never by bytes. */
export interface CompareJob {
  readonly pairs: readonly ComparePair[]
}

/** What a job found of each pair, in order. */
export interface CompareJobResult {
  /** 1 for contents that are equal. */
  readonly same: Uint8Array
  /** Pairs that cannot be read, by their place in the job. */
  readonly failures: readonly { readonly pair: number; readonly error: ScanError }[]
}

/** Runs a job on the two files that its places are in. */
export type RunCompareJob = (job: CompareJob, old: ByteSource, now: ByteSource) => CompareJobResult

/** Content compared at once, in bytes. */
const PIECE = 1 << 20
/** Blocks of which it is remembered whether they are stored alike: thousands of short files may share one. */
const KEPT_ANSWERS = 64

/** What runs the jobs of a thread, one after the other: the blocks unpacked last are kept between them. */
export function compareJobRunner(decompressors = nodeDecompressors): RunCompareJob {
  let sides: { readonly old: Side; readonly now: Side } | undefined
  return ({ pairs }, old, now) => {
    if (sides?.old.source !== old || sides.now.source !== now) {
      // What is to be read was counted when the job was made.
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
  /** Blocks of the other file, by their place in both, and whether they are stored alike. */
  readonly answers = new Map<string, boolean>()
  #stored = new Uint8Array(0)

  constructor(source: ByteSource, reader: BlockReader) {
    this.source = source
    this.reader = reader
  }

  /** The stored bytes of a run, good until the next call. */
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

/** Compares contents run by run; where both have the same stored bytes nothing is unpacked. */
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
    if (Buffer.compare(one, other) !== 0) return false
    left.done += length
    right.done += length
  }
}

/** Whether two runs come out of the same stored bytes by the same decompressor. */
function isStoredAlike(a: StoredRun, b: StoredRun, old: Side, now: Side): boolean {
  if (a.codec !== b.codec || a.skip !== b.skip || a.length !== b.length) return false
  if (a.codec === 'hole') return true
  // What is stored as it is need not be read twice.
  if (a.codec === 'stored' || a.storedLength !== b.storedLength || a.unpackedLimit !== b.unpackedLimit) return false
  const key = `${a.offset} ${b.offset} ${a.storedLength}`
  const known = old.answers.get(key)
  if (known !== undefined) return known
  const alike = Buffer.compare(old.stored(a), now.stored(b)) === 0
  if (old.answers.size >= KEPT_ANSWERS) old.answers.clear()
  old.answers.set(key, alike)
  return alike
}
