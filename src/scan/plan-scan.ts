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
export const JOB_SIZE: number = 1 << 19
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

/** What to scan. */
export interface ScanPlan {
  readonly files: ScannedFile[]
  /** The length of each piece, by number. */
  readonly pieceLengths: number[]
  /** Files whose blocks we do not know. */
  readonly failures: { readonly file: ScannedFile; readonly error: FormatError }[]
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
  /** Whether the block is in a job already. */
  isPlanned: boolean
}

/**
 * Plans a scan of everything in owners. We unpack each block once, however many files it belongs to, and scan
 * each piece of it once. We leave out files that are too short for a hash.
 *
 * A block that is one piece as a whole needs no other file, so its job comes as soon as it is large enough. Fragments
 * come last, because any file may have a tail in them.
 * @param plan becomes complete with the last job
 */
export function* planScan(owners: Iterable<Owner>, plan: ScanPlan): Generator<PlannedJob, void> {
  const images = new Map<Image, Map<number, Draft>>()
  const contents = new Map<Image, Map<number, ScannedFile['pieces']>>()
  let ready: Draft[] = []
  let readyBytes = 0
  let runs = 0
  for (const owner of owners) {
    const { image, reader } = owner.open
    const blocks = mapIn(images, image)
    const known = mapIn(contents, image)
    for (const { entry, path } of entriesOf(owner)) {
      if (entry.type !== 'file' || entry.size < HASH_LENGTH) continue
      const same = known.get(entry.identity)
      if (same !== undefined) {
        plan.files.push({ owner, entry, path, pieces: same })
        continue
      }
      const pieces: { piece: number; offset: number }[] = []
      const file = { owner, entry, path, pieces }
      plan.files.push(file)
      known.set(entry.identity, pieces)
      try {
        let offset = 0
        for (const run of image.runs(entry)) {
          runs += 1
          if (runs > reader.limits.blocks) throw tooMany(image, reader.limits, run)
          for (const part of partsOf(run)) {
            const added = addPiece(blocks, part, plan.pieceLengths, reader)
            if (added !== undefined) pieces.push({ piece: added.piece, offset })
            offset += part.length
            if (added === undefined || added.draft.isPlanned || !isWhole(part)) continue
            added.draft.isPlanned = true
            ready.push(added.draft)
            readyBytes += part.storedLength
          }
        }
      } catch (error) {
        plan.failures.push({ file, error: asFormatError(error) })
      }
      if (readyBytes >= JOB_SIZE) {
        yield* jobsOf(image, ready)
        ready = []
        readyBytes = 0
      }
    }
    // The blocks of a job lie in one image.
    yield* jobsOf(image, ready)
    ready = []
    readyBytes = 0
  }
  for (const [image, blocks] of images) {
    yield* jobsOf(
      image,
      [...blocks.values()].filter(({ isPlanned }) => !isPlanned),
    )
  }
}

/** Whether a run is all of its block. */
function isWhole({ codec, skip, length, storedLength, unpackedLimit }: StoredRun): boolean {
  return skip === 0 && length === (codec === 'stored' ? storedLength : unpackedLimit)
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

/** @returns the number of the piece, and its block; undefined for a hole, which is zeros */
function addPiece(
  blocks: Map<number, Draft>,
  run: StoredRun,
  pieceLengths: number[],
  reader: ContentReader,
): { readonly piece: number; readonly draft: Draft } | undefined {
  if (run.codec === 'hole' || run.length === 0) return undefined
  const { offset, storedLength, skip, length } = run
  let draft = blocks.get(offset)
  const known = draft?.storedLength === storedLength ? draft.pieceBySkip.get(skip) : undefined
  if (draft !== undefined && known?.length === length) return { piece: known.id, draft }
  // A hostile image may have blocks of several lengths at one offset; each is a block of its own. So is one with another
  // piece in it when its job has been cut.
  if (draft === undefined || draft.storedLength !== storedLength || draft.isPlanned) {
    if (run.codec !== 'stored') reader.spend(run.unpackedLimit, offset)
    const isTaken = draft !== undefined
    draft = { run, offset, storedLength, pieces: [], pieceBySkip: new Map(), isPlanned: false }
    blocks.set(isTaken ? -1 - blocks.size : offset, draft)
  }
  const piece = { id: pieceLengths.length, skip, length }
  reader.spend(length, offset)
  pieceLengths.push(length)
  draft.pieces.push(piece)
  draft.pieceBySkip.set(skip, piece)
  return { piece: piece.id, draft }
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
