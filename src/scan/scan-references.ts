import { nextTurn } from '#platform/next-turn'
import { forThread, readsForThreads } from '#platform/thread-file'
import { type ByteString, readable } from '../../parsers/bytes/byte-string.ts'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { joined } from '../../parsers/bytes/joined.ts'
import { isSlow } from '../../parsers/bytes/source.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Mention } from '../owners/mentions.ts'
import { HASH_LENGTH, ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import type { Owner } from '../owners/owner.ts'
import type { ImageFile } from '../platform/image-file.ts'
import { mark } from '../platform/timeline.ts'
import { keysByHash } from './keys-by-hash.ts'
import { inPlaceOrder, readJobAhead } from './place-order.ts'
import { JOB_SIZE, type PlannedJob, planScan, type ScannedFile, type ScanPlan } from './plan-scan.ts'
import { type ScanError, type ScanJob, type ScanJobResult, scanJobRunner } from './scan-job.ts'
import { scanTexts } from './scan-texts.ts'
import type { WorkerStart } from './worker.ts'
import { startPool, type ThreadOptions, type WorkerPool } from './worker-pool.ts'

/** All mentions of an image's owners in its owners. */
export interface ReferenceScan {
  readonly mentions: readonly Mention[]
  /** Files that we could not read completely, and the owners that contain them. */
  readonly failures: readonly { readonly owner: ByteString; readonly error: FormatError }[]
}

export type ScanThreads = WorkerPool<ScanJob, ScanJobResult>

export interface ScanOptions extends ThreadOptions {
  /** The file, which threads open. Without it we start no threads. */
  readonly file?: ImageFile
  /** Threads that have started already, in place of those by `jobs`. */
  readonly threads?: ScanThreads | undefined
  /** Receives how many stored bytes a scan of a file reads whose bytes are slow to get, before it begins. */
  readonly planned?: (bytes: number) => void
  /** Receives how many of the stored bytes are done. */
  readonly progress?: (done: number, total: number) => void
}

/**
 * Searches the contents, symlink targets and names of all owners for the hashes of all owners. Nix does the
 * same when it registers the references of a build: names count, and it does not look into compressed contents.
 */
export async function scanReferences(
  open: OpenImage,
  owners: ReadonlyMap<ByteString, Owner>,
  options: ScanOptions = {},
): Promise<ReferenceScan> {
  // The threads start meanwhile, and begin with the first jobs while we make the plan.
  const pool = options.threads ?? startThreads(open.file.size, options)
  const keys = keysByHash(owners.values())
  if (keys.size === 0) {
    pool?.end()
    return { mentions: [], failures: [] }
  }
  const hashes = [...keys.keys()]
  mark('hashes are known')
  const scanner = new ReferenceScanner(hashes)
  const plan: ScanPlan = { files: [], pieceLengths: [], failures: [] }
  const running = runJobs(open, hashes, planScan(owners.values(), plan), pool, scanner, options)
  // The threads are already at work.
  const inTexts = scanTexts(owners.values(), scanner)
  const results = await running
  mark('contents are searched')
  const { findings, broken } = gather(plan, results)

  const mentions: Mention[] = []
  const add = (from: ByteString, path: ByteString, kind: Mention['kind'], hash: number, offset: number): void => {
    for (const to of keys.get(hashes[hash]!)!) mentions.push({ from, to, path, kind, offset })
  }
  for (const file of plan.files) {
    for (const [hash, offset] of occurrencesIn(file, plan, findings, scanner)) {
      add(file.owner.key, file.path, 'content', hash, offset)
    }
  }
  for (const { owner, path, kind, hash, offset } of inTexts) add(owner.key, path, kind, hash, offset)
  mark('findings are merged')
  const unread = plan.files.filter((file) => file.pieces.some(({ piece }) => broken.has(piece)))
  const failures = [
    ...plan.failures.map(({ file, error }) => named(file, error)),
    ...unread.map((file) => named(file, broken.get(file.pieces.find(({ piece }) => broken.has(piece))!.piece)!)),
  ]
  return { mentions, failures }
}

/** Starts threads for a scan of a file of `size` bytes; undefined if there is too little work for them. */
export function startThreads(
  size: number,
  options: ThreadOptions & Pick<ScanOptions, 'file'>,
): ScanThreads | undefined {
  return options.file === undefined ? undefined : startPool(size, options)
}

async function runJobs(
  open: OpenImage,
  hashes: readonly string[],
  planned: Iterable<PlannedJob>,
  pool: ScanThreads | undefined,
  scanner: ReferenceScanner,
  { progress, planned: tellPlanned, file = '' }: ScanOptions,
): Promise<ReadonlyMap<PlannedJob, ScanJobResult>> {
  const results = new Map<PlannedJob, ScanJobResult>()
  const inPlace = isSlow(open.file) ? inPlaceOrder(planned, open.file) : undefined
  const jobs = inPlace ?? planned
  if (inPlace !== undefined) tellPlanned?.(inPlace.reduce((sum, job) => sum + job.storedBytes, 0))
  // Where threads read for themselves, so does this one.
  const readsAll = pool === undefined || readsForThreads(file)
  if (readsAll) for (const job of inPlace ?? []) readJobAhead(job, job.source)
  let storedBytes = 0
  let doneBytes = 0
  const done = (job: PlannedJob, result: ScanJobResult): void => {
    results.set(job, result)
    doneBytes += job.storedBytes
    progress?.(doneBytes, storedBytes)
  }
  const run = scanJobRunner(scanner)
  const runHere = (job: PlannedJob): ScanJobResult => {
    if (!readsAll) readJobAhead(job, job.source)
    return run(job, job.source)
  }
  // Threads open the file. They would first have to unpack an image inside a compressed one.
  const others: PlannedJob[] = []
  const shared = function* (): Generator<PlannedJob, void> {
    for (const job of jobs) {
      storedBytes += job.storedBytes
      if (pool !== undefined && job.source === open.file) yield job
      else others.push(job)
    }
  }
  if (pool === undefined) shared().next()
  else {
    const start = (): WorkerStart => ({ file: forThread(file), name: open.file.name, hashes })
    const expected = inPlace?.length ?? Math.floor(open.file.size / JOB_SIZE)
    await pool.run(start, shared(), expected, runHere, done, ({ blocks }) => ({ blocks }))
  }
  for (const job of others) {
    done(job, runHere(job))
    // Lets the process handle signals.
    await nextTurn()
  }
  return results
}

/** What we found in one piece. */
interface PieceFindings {
  /** Hash and offset in the piece, one after the other. */
  readonly found: number[]
  /** The hash digits at its beginning and at its end, at most 31 each. */
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

function gather(
  plan: ScanPlan,
  results: ReadonlyMap<PlannedJob, ScanJobResult>,
): { findings: readonly PieceFindings[]; broken: ReadonlyMap<number, ScanError> } {
  const findings: PieceFindings[] = new Array(plan.pieceLengths.length)
  const broken = new Map<number, ScanError>()
  for (const [{ blocks }, { found, edgeLengths, edges, failures }] of results) {
    let edge = 0
    let at = 0
    for (const { pieces } of blocks) {
      for (const { id } of pieces) {
        const headEnd = at + edgeLengths[edge]!
        const tailEnd = headEnd + edgeLengths[edge + 1]!
        findings[id] = { found: [], head: edges.subarray(at, headEnd), tail: edges.subarray(headEnd, tailEnd) }
        edge += 2
        at = tailEnd
      }
    }
    for (let index = 0; index < found.length; index += 3) {
      findings[found[index]!]!.found.push(found[index + 1]!, found[index + 2]!)
    }
    for (const { block, error } of failures) for (const { id } of blocks[block]!.pieces) broken.set(id, error)
  }
  return { findings, broken }
}

const NONE: ReadonlyMap<number, number> = new Map()

/** The first occurrence of each hash in a file, including those across the borders of its pieces. */
function occurrencesIn(
  { pieces }: ScannedFile,
  { pieceLengths }: ScanPlan,
  findings: readonly PieceFindings[],
  scanner: ReferenceScanner,
): ReadonlyMap<number, number> {
  const [piece, another] = pieces
  // Most files are one piece without a hash.
  if (another === undefined && (piece === undefined || findings[piece.piece]!.found.length === 0)) return NONE
  const first = new Map<number, number>()
  const note = (hash: number, offset: number): void => {
    const known = first.get(hash)
    if (known === undefined || offset < known) first.set(hash, offset)
  }
  /** The digits just before `position`. */
  let carried = new Uint8Array(0)
  let position = 0
  for (const { piece, offset } of pieces) {
    const { found, head, tail } = findings[piece]!
    const length = pieceLengths[piece]!
    // A hole between two pieces is zeros.
    if (offset !== position) carried = new Uint8Array(0)
    const seam = joined([carried, head])
    const seamStart = offset - carried.length
    if (carried.length > 0) scanner.scan(seam, 0, seam.length, (hash, at) => note(hash, seamStart + at))
    for (let index = 0; index < found.length; index += 2) note(found[index]!, offset + found[index + 1]!)
    const isAllDigits = head.length === length
    carried = isAllDigits ? seam.slice(-(HASH_LENGTH - 1)) : Uint8Array.from(tail)
    position = offset + length
  }
  return first
}

/** An error, with the name of its file. */
function named(file: ScannedFile, { code, detail, facts }: ScanError | FormatError): ReferenceScan['failures'][number] {
  const { key } = file.owner
  const inside = file.path === '' ? key : `${key}/${file.path}`
  return { owner: key, error: new FormatError(code, `${readable(inside)} is not scanned in full: ${detail}`, facts) }
}
