import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit, type Limits } from '../../parsers/bytes/limits.ts'
import { type ByteSource, formatError, locate } from '../../parsers/bytes/source.ts'
import type { Entry, Image, StoredRun } from '../../parsers/image.ts'
import type { ContentReader } from '../images/content-reader.ts'
import { HASH_LENGTH } from '../owners/nix/reference-scanner.ts'
import { entriesOf, type Owner } from '../owners/owner.ts'
import type { ScanBlock, ScanJob, ScanPiece } from './scan-job.ts'

/** Stored bytes of a job: enough to make its hand-over cheap, and few enough to balance the threads. */
const JOB_SIZE = 1 << 19
/** We read uncompressed content in blocks of this size. */
const STORED_BLOCK = 1 << 20

/** Content to scan: a file of an owner. Hard links and duplicates share one block list. */
export interface ScannedFile {
  readonly owner: Owner
  readonly entry: Entry
  /** Path inside the owner; '' for the owner itself. */
  readonly path: ByteString
  /** Numbers of the pieces in the order of the content, and the offset of each in the content. */
  readonly pieces: readonly { readonly piece: number; readonly offset: number }[]
}

/** What to scan, and in which portions. */
export interface ScanPlan {
  readonly files: readonly ScannedFile[]
  /** The length of each piece, by number. */
  readonly pieceLengths: readonly number[]
  readonly jobs: readonly PlannedJob[]
  /** Stored bytes of all jobs. */
  readonly storedBytes: number
  /** Files whose blocks we do not know. */
  readonly failures: readonly { readonly file: ScannedFile; readonly error: FormatError }[]
}

export interface PlannedJob extends ScanJob {
  /** The source of the offsets: the outermost file, if that holds the blocks as they are. */
  readonly source: ByteSource
  readonly storedBytes: number
}

/** A block that we are collecting pieces for. */
interface Draft {
  readonly run: StoredRun
  readonly storedLength: number
  readonly offset: number
  readonly pieces: ScanPiece[]
  readonly pieceBySkip: Map<number, ScanPiece>
}

/**
 * Plans a scan of everything in owners. We unpack each block once, however many files it belongs to, and scan
 * each piece of it once. We leave out files that are too short for a hash.
 */
export function planScan(owners: Iterable<Owner>): ScanPlan {
  const files: ScannedFile[] = []
  const failures: { file: ScannedFile; error: FormatError }[] = []
  const pieceLengths: number[] = []
  const drafts = new Map<Image, Map<number, Draft>>()
  const contents = new Map<Image, Map<number, ScannedFile['pieces']>>()
  let runs = 0
  for (const owner of owners) {
    const { image, reader } = owner.open
    const blocks = mapIn(drafts, image)
    const known = mapIn(contents, image)
    for (const { entry, path } of entriesOf(owner)) {
      if (entry.type !== 'file' || entry.size < HASH_LENGTH) continue
      const same = known.get(entry.identity)
      if (same !== undefined) {
        files.push({ owner, entry, path, pieces: same })
        continue
      }
      const pieces: { piece: number; offset: number }[] = []
      const file = { owner, entry, path, pieces }
      files.push(file)
      known.set(entry.identity, pieces)
      try {
        let offset = 0
        for (const run of image.runs(entry)) {
          runs += 1
          if (runs > reader.limits.blocks) throw tooMany(image, reader.limits, run)
          for (const part of partsOf(run)) {
            const piece = addPiece(blocks, part, pieceLengths, reader)
            if (piece !== undefined) pieces.push({ piece, offset })
            offset += part.length
          }
        }
      } catch (error) {
        failures.push({ file, error: asFormatError(error) })
      }
    }
  }
  const jobs = [...drafts].flatMap(([image, blocks]) => jobsOf(image, [...blocks.values()]))
  return { files, failures, pieceLengths, jobs, storedBytes: jobs.reduce((sum, job) => sum + job.storedBytes, 0) }
}

function tooMany({ source }: Image, limits: Limits, { offset }: StoredRun): FormatError {
  const detail = `more than ${limits.blocks} blocks to scan; the rest is not scanned`
  return formatError('LIMIT', detail, source, { structure: 'block list', offset, ...atLimit(limits, 'blocks') })
}

function mapIn<Key, Value>(maps: Map<Key, Map<number, Value>>, key: Key): Map<number, Value> {
  const known = maps.get(key)
  if (known !== undefined) return known
  const made = new Map<number, Value>()
  maps.set(key, made)
  return made
}

/** Splits an uncompressed run into parts that fit into memory; other runs stay as they are. */
function* partsOf(run: StoredRun): Generator<StoredRun> {
  if (run.codec !== 'stored' || run.length <= STORED_BLOCK) {
    yield run
    return
  }
  for (let done = 0; done < run.length; done += STORED_BLOCK) {
    const length = Math.min(STORED_BLOCK, run.length - done)
    const offset = run.offset + run.skip + done
    yield { ...run, offset, skip: 0, length, storedLength: length, unpackedLimit: length }
  }
}

/** @returns the number of the piece; undefined for a hole, which is zeros */
function addPiece(
  blocks: Map<number, Draft>,
  run: StoredRun,
  pieceLengths: number[],
  reader: ContentReader,
): number | undefined {
  if (run.codec === 'hole' || run.length === 0) return undefined
  let draft = blocks.get(run.offset)
  // A hostile image may have blocks of several lengths at one offset; each is a block of its own.
  if (draft !== undefined && draft.storedLength !== run.storedLength) draft = undefined
  if (draft === undefined) {
    const { offset, storedLength } = run
    if (run.codec !== 'stored') reader.spend(run.unpackedLimit, offset)
    draft = { run, offset, storedLength, pieces: [], pieceBySkip: new Map() }
    const taken = blocks.has(offset)
    blocks.set(taken ? -1 - blocks.size : offset, draft)
  }
  const same = draft.pieceBySkip.get(run.skip)
  if (same !== undefined && same.length === run.length) return same.id
  const piece = { id: pieceLengths.length, skip: run.skip, length: run.length }
  reader.spend(run.length, run.offset)
  pieceLengths.push(run.length)
  draft.pieces.push(piece)
  draft.pieceBySkip.set(run.skip, piece)
  return piece.id
}

/** Cuts blocks into jobs, in the order of their places. */
function jobsOf(image: Image, drafts: readonly Draft[]): PlannedJob[] {
  const { source, offset: origin } = locate(image.source, 0)
  const jobs: PlannedJob[] = []
  let blocks: ScanBlock[] = []
  let storedBytes = 0
  const finish = (): void => {
    if (blocks.length > 0) jobs.push({ source, blocks, storedBytes })
    blocks = []
    storedBytes = 0
  }
  for (const { run, offset, storedLength, pieces } of [...drafts].sort((a, b) => a.offset - b.offset)) {
    const codec = run.codec as ScanBlock['codec']
    blocks.push({ offset: origin + offset, storedLength, unpackedLimit: run.unpackedLimit, codec, pieces })
    storedBytes += storedLength
    if (storedBytes >= JOB_SIZE) finish()
  }
  finish()
  return jobs
}
