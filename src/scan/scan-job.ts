import { asFormatError, type ErrorCode, type FormatErrorFacts } from '../../parsers/bytes/errors.ts'
import type { ByteSource } from '../../parsers/bytes/source.ts'
import { blockReader, type StoredBlock } from '../images/read-block.ts'
import { HASH_LENGTH, isHashDigit, type ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import { blockDecompressor } from '../platform/node/node-decoders.ts'

/** A part of a block that is a piece of files' content. */
export interface ScanPiece {
  /** Its number in the plan. */
  readonly id: number
  /** Bytes of the unpacked block before it, and of it. */
  readonly skip: number
  readonly length: number
}

/** Stored bytes to unpack once, and the pieces of content in them. */
export interface ScanBlock extends StoredBlock {
  readonly pieces: readonly ScanPiece[]
}

/** Work that fits one thread: blocks by place, never by content. */
export interface ScanJob {
  readonly blocks: readonly ScanBlock[]
}

/** What a job found, in numbers. */
export interface ScanJobResult {
  /** Piece, hash and offset in the piece, one after the other: the first occurrence of each hash in each piece. */
  readonly found: Float64Array
  /** Of each piece of the job in order: how many digits of a hash it begins and ends with, 31 at most. */
  readonly edgeLengths: Uint8Array
  /** Those digits: first those it begins with, then those it ends with. */
  readonly edges: Uint8Array
  /** Blocks that cannot be read, by their place in the job. */
  readonly failures: readonly { readonly block: number; readonly error: ScanError }[]
}

/** A FormatError as plain data, which can pass between threads. */
export interface ScanError {
  readonly code: ErrorCode
  readonly detail: string
  readonly facts: FormatErrorFacts
}

/** The most digits that a hash can have on one side of a border. */
const EDGE = HASH_LENGTH - 1

/** Runs a job: unpacks its blocks and looks for hashes in them. What cannot be read is told, and the rest goes on. */
export type RunScanJob = (job: ScanJob, source: ByteSource) => ScanJobResult

/** What runs the jobs of a thread, one after the other: memory for blocks is kept between them. */
export function scanJobRunner(scanner: ReferenceScanner, decompress = blockDecompressor()): RunScanJob {
  const read = blockReader(decompress)
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
