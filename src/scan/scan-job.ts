import { asFormatError, type ErrorCode, type FormatErrorFacts } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { portableBlockDecompressor } from '../../parsers/codecs/decoders.ts'
import { blockReader, type StoredBlock } from '../images/read-block.ts'
import { HASH_LENGTH, isHashDigit, type ReferenceScanner } from '../owners/nix/reference-scanner.ts'

/** A part of a block that is a piece of some files' content. */
export interface ScanPiece {
  /** Its number in the plan. */
  readonly id: number
  /** How many bytes of the unpacked block come before it, and how many it has. */
  readonly skip: number
  readonly length: number
}

/** Stored bytes that we unpack once, and the pieces of content in them. */
export interface ScanBlock extends StoredBlock {
  readonly pieces: readonly ScanPiece[]
}

/** Work for one thread: it holds the places of blocks, never their content. */
export interface ScanJob {
  readonly blocks: readonly ScanBlock[]
}

/** The result of a job, in numbers. */
export interface ScanJobResult {
  /** Piece, hash and offset in the piece, one after the other: the first occurrence of each hash in each piece. */
  readonly found: Float64Array
  /** For each piece of the job in order: how many hash digits it begins and ends with, at most 31 each. */
  readonly edgeLengths: Uint8Array
  /** These digits: for each piece those at its beginning, then those at its end. */
  readonly edges: Uint8Array
  /** Blocks that we cannot read, by their place in the job. */
  readonly failures: readonly { readonly block: number; readonly error: ScanError }[]
}

/** A FormatError as plain data, so that it can pass between threads. */
export interface ScanError {
  readonly code: ErrorCode
  readonly detail: string
  readonly facts: FormatErrorFacts
}

/** The most digits of a hash on one side of a border. */
const EDGE = HASH_LENGTH - 1

/** Runs a job: it unpacks the blocks and searches them for hashes. It reports what it cannot read and goes on. */
export type RunScanJob = (job: ScanJob, source: ByteSource) => ScanJobResult

/** Makes a runner for the jobs of one thread. It keeps the memory for blocks from job to job. */
export function scanJobRunner(scanner: ReferenceScanner, decompressor = portableBlockDecompressor()): RunScanJob {
  const read = blockReader(decompressor)
  const contentOf = (source: ByteSource, block: ScanBlock): Uint8Array => {
    const needed = block.pieces.reduce((most, { skip, length }) => Math.max(most, skip + length), 0)
    return read(source, block, needed)
  }
  return (job, source) => runScanJob(job, (block) => contentOf(source, block), scanner)
}

function runScanJob(job: ScanJob, read: (block: ScanBlock) => Uint8Array, scanner: ReferenceScanner): ScanJobResult {
  const found: number[] = []
  const edgeLengths: number[] = []
  const edges: number[] = []
  const failures: { block: number; error: ScanError }[] = []
  for (const [index, block] of job.blocks.entries()) {
    let bytes: Uint8Array | undefined
    try {
      bytes = read(block)
    } catch (error) {
      const { code, detail, facts } = asFormatError(error)
      failures.push({ block: index, error: { code, detail, facts } })
    }
    for (const { id, skip, length } of block.pieces) {
      if (bytes === undefined) {
        edgeLengths.push(0, 0)
        continue
      }
      const end = skip + length
      const seen = new Set<number>()
      scanner.scan(bytes, skip, end, (hash, offset) => {
        if (!seen.has(hash)) found.push(id, hash, offset - skip)
        seen.add(hash)
      })
      let headEnd = skip
      while (headEnd < end && headEnd - skip < EDGE && isHashDigit(bytes[headEnd]!)) headEnd += 1
      let tailStart = end
      while (tailStart > skip && end - tailStart < EDGE && isHashDigit(bytes[tailStart - 1]!)) tailStart -= 1
      edgeLengths.push(headEnd - skip, end - tailStart)
      for (let at = skip; at < headEnd; at += 1) edges.push(bytes[at]!)
      for (let at = tailStart; at < end; at += 1) edges.push(bytes[at]!)
    }
  }
  return {
    found: Float64Array.from(found),
    edgeLengths: Uint8Array.from(edgeLengths),
    edges: Uint8Array.from(edges),
    failures,
  }
}
