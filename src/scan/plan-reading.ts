import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import { joined } from '../../parsers/bytes/joined.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { type ByteSource, formatError, locate } from '../../parsers/bytes/source.ts'
import type { Entry, ImplantedHash, StoredRun } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { RecentBlocks } from '../images/recent-blocks.ts'
import type { ArchivePart, Owner } from '../owners/owner.ts'
import { HASH_ALGORITHMS, type HashAlgorithm } from '../platform/running-hash.ts'
import { type Reading, RUN_CODECS, SHARED } from './read-job.ts'
import { KEPT_BYTES } from './run-reader.ts'

/** A file to read, and its path for messages. */
export interface LooseFile {
  readonly entry: Entry
  readonly path: ByteString
  /** What to hash it with. Absent if we only read it. */
  readonly hash?: HashAlgorithm
}

/** What to read as one: the archive of an owner, some files of an image, or all of an image that has its own hash. */
export type ReadSubject = { readonly open: OpenImage; readonly bytes: number } & (
  | { readonly kind: 'owner'; readonly owner: Owner }
  | {
      readonly kind: 'files'
      readonly files: readonly LooseFile[]
      /** Whether the answer has a hash for each of them. */
      readonly isEachHashed?: boolean
    }
  | { readonly kind: 'image'; readonly implanted: ImplantedHash }
)

/** A content that could not be read. */
export interface ReadFailure {
  /** Its path in the owner, or in the outermost image; '' for all of an owner or of an image. */
  readonly path: ByteString
  readonly error: FormatError
}

/** A reading, and what only the planner needs to know of it. */
export interface PlannedReading {
  readonly reading: Reading
  /** The source of the offsets: the outermost file, if that holds the blocks as they are. */
  readonly source: ByteSource
  /** The path of each content. */
  readonly paths: readonly ByteString[]
  /** What we know already that we cannot read. */
  readonly failures: readonly ReadFailure[]
}

/** How many blocks a plan may still have, over all its readings. */
export interface BlockBudget {
  left: number
}

/** Whether a run is a part of a block that other files may have parts of. */
function isPart({ fragment, skip }: StoredRun): boolean {
  return fragment === true || skip > 0
}

/** Finds the places of all contents of a subject. */
export function planReading(subject: ReadSubject, budget: BlockBudget): PlannedReading {
  switch (subject.kind) {
    case 'owner': {
      const { owner } = subject
      const plan = new ReadingPlan(subject.open, budget)
      try {
        for (const part of owner.model.archiveOf?.(owner) ?? []) plan.add(part)
      } catch (error) {
        // It has no archive.
        plan.failures.push({ path: '', error: asFormatError(error) })
      }
      return plan.finish('sha256', true)
    }
    case 'files': {
      const plan = new ReadingPlan(subject.open, budget)
      for (const file of subject.files) plan.add({ ...file, before: NOTHING })
      const each = subject.isEachHashed === true ? subject.files.map(({ hash }) => hash) : undefined
      return plan.finish(undefined, false, each)
    }
    case 'image':
      return planImage(subject.open, subject.implanted, budget)
  }
}

const NOTHING = new Uint8Array(0)
const SPACE = 0x20

/** All bytes that an implanted hash covers, with spaces in its own place. */
function planImage(open: OpenImage, { algorithm, length, blank }: ImplantedHash, budget: BlockBudget): PlannedReading {
  const plan = new ReadingPlan(open, budget)
  const { source } = open.image
  if (length > source.size) {
    const detail = 'the image ends before the bytes that its hash covers do'
    const place = { structure: 'implanted hash', offset: blank.start, found: source.size, expected: length }
    plan.failures.push({ path: '', error: formatError('TRUNCATED', detail, source, place) })
  }
  const end = Math.min(length, source.size)
  plan.addBytes(NOTHING, 0, Math.min(blank.start, end))
  const spaces = new Uint8Array(Math.max(Math.min(blank.end, end) - blank.start, 0)).fill(SPACE)
  plan.addBytes(spaces, blank.end, Math.max(end - blank.end, 0))
  return plan.finish(algorithm, false)
}

function hashNumber(algorithm: HashAlgorithm | undefined): number {
  return algorithm === undefined ? 0 : HASH_ALGORITHMS.indexOf(algorithm) + 1
}

/** The places of contents, as we collect them. */
class ReadingPlan {
  readonly failures: ReadFailure[] = []
  readonly #open: OpenImage
  readonly #source: ByteSource
  /** Where the image begins in that source. */
  readonly #origin: number
  readonly #budget: BlockBudget
  /** The blocks that the thread will still have. It may have more, from the reading before. */
  readonly #recent = new RecentBlocks<true>(KEPT_BYTES)
  readonly #paths: ByteString[] = []
  readonly #between: Uint8Array[] = []
  #betweenLength = 0
  readonly #betweenEnds: number[] = []
  readonly #runCounts: number[] = []
  readonly #runs: number[] = []
  readonly #codecs: number[] = []

  constructor(open: OpenImage, budget: BlockBudget) {
    this.#open = open
    this.#budget = budget
    const { source, offset } = locate(open.image.source, 0)
    this.#source = source
    this.#origin = offset
  }

  add({ before, entry, path }: ArchivePart): void {
    this.#write(before)
    if (entry === undefined) return
    let runs = 0
    try {
      for (const run of this.#open.image.runs(entry)) {
        this.#spend(run)
        this.#addRun(run)
        runs += 1
      }
    } catch (error) {
      this.failures.push({ path, error: asFormatError(error) })
    }
    this.#end(path, runs)
  }

  /** Adds `length` stored bytes of the image. */
  addBytes(before: Uint8Array, offset: number, length: number): void {
    this.#write(before)
    this.#addRun({ offset, storedLength: length, length, skip: 0, unpackedLimit: length, codec: 'stored' })
    this.#end('', 1)
  }

  finish(hash: Reading['hash'], isSearched: boolean, each?: readonly (HashAlgorithm | undefined)[]): PlannedReading {
    const reading = {
      hash: this.failures.length === 0 ? hash : undefined,
      isSearched,
      between: joined(this.#between),
      betweenEnds: Float64Array.from(this.#betweenEnds),
      runCounts: Uint32Array.from(this.#runCounts),
      runs: Float64Array.from(this.#runs),
      codecs: Uint8Array.from(this.#codecs),
      ...(each === undefined ? {} : { each: Uint8Array.from(each, hashNumber) }),
    }
    return { reading, source: this.#source, paths: this.#paths, failures: this.failures }
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#between.push(bytes)
    this.#betweenLength += bytes.length
  }

  #end(path: ByteString, runs: number): void {
    this.#betweenEnds.push(this.#betweenLength)
    this.#runCounts.push(runs)
    this.#paths.push(path)
  }

  #addRun(run: StoredRun): void {
    const { offset, storedLength, length, skip, unpackedLimit, codec } = run
    this.#runs.push(this.#origin + offset, storedLength, length, skip, unpackedLimit)
    this.#codecs.push(RUN_CODECS.indexOf(codec) | (isPart(run) ? SHARED : 0))
  }

  /** Counts the content to unpack. @throws {FormatError} LIMIT if it is more than we read of this image */
  #spend(run: StoredRun): void {
    const { reader, image } = this.#open
    const { offset, storedLength, length, unpackedLimit, codec } = run
    this.#budget.left -= 1
    if (this.#budget.left < 0) {
      throw formatError('LIMIT', `more than ${reader.limits.blocks} blocks to read`, image.source, {
        structure: 'block list',
        offset,
        ...atLimit(reader.limits, 'blocks'),
      })
    }
    reader.spend(length, offset)
    if (codec === 'stored' || codec === 'hole') return
    if (!isPart(run)) reader.spend(unpackedLimit, offset)
    else if (this.#recent.get(offset, storedLength) === undefined) {
      reader.spend(unpackedLimit, offset)
      this.#recent.add(offset, storedLength, unpackedLimit, true)
    }
  }
}
