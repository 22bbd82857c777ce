import { nextTurn } from '#platform/next-turn'
import { startHash } from '#platform/running-hash'
import { forThread } from '#platform/thread-file'
import { asFormatError, FormatError } from '../../parsers/bytes/errors.ts'
import { atLimit } from '../../parsers/bytes/limits.ts'
import { type ByteSource, formatError, isSlow, locate, readAhead } from '../../parsers/bytes/source.ts'
import type { Entry, StoredRun } from '../../parsers/image.ts'
import type { ContentReader } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { ImageFile } from '../platform/image-file.ts'
import { type CompareJob, type CompareJobResult, type ComparePair, compareJobRunner } from './compare-job.ts'
import type { ScanOptions } from './scan-references.ts'
import type { WorkerStart } from './worker.ts'
import { startPool } from './worker-pool.ts'

/** A regular file and the image that holds it. */
export interface FilePlace {
  readonly open: OpenImage
  readonly entry: Entry
}

/** Two regular files of the same size. */
export interface FilePair {
  readonly old: FilePlace
  readonly new: FilePlace
  /** Whether differences in the hashes of owners count. */
  readonly hashes: boolean
}

/** Whether two contents are equal, or why we cannot tell. */
export type ContentVerdict = boolean | FormatError

export interface CompareOptions extends Pick<ScanOptions, 'jobs' | 'startThread' | 'progress'> {
  /** The two files, which threads open. Without them we start no threads. */
  readonly files?: { readonly old: ImageFile; readonly new: ImageFile }
}

/** Content of a job: large enough to make its hand-over cheap, and small enough to balance the threads. */
const JOB_SIZE = 1 << 21
/** With less content than this, threads save less time than they take to start: 45 ms each. */
const WORTH_A_THREAD = 16 << 20

interface PlannedJob extends CompareJob {
  /** The sources that the offsets count from, one for each side. */
  readonly sources: { readonly old: ByteSource; readonly new: ByteSource }
  /** For each pair, the numbers of the pairs that it stands for. */
  readonly numbers: readonly (readonly number[])[]
  readonly bytes: number
}

/**
 * Compares contents, each two only once: hard links and duplicates lie in the same places.
 * @param images the two outermost images
 * @returns a verdict for each pair
 */
export async function compareContents(
  pairs: readonly FilePair[],
  images: { readonly old: OpenImage; readonly new: OpenImage },
  options: CompareOptions = {},
): Promise<readonly ContentVerdict[]> {
  const verdicts: ContentVerdict[] = new Array<ContentVerdict>(pairs.length).fill(false)
  const jobs = planJobs(pairs, verdicts)
  const total = jobs.reduce((sum, { bytes }) => sum + bytes, 0)
  let doneBytes = 0
  const done = ({ pairs: compared, numbers, bytes }: PlannedJob, { same, failures }: CompareJobResult): void => {
    for (const index of compared.keys()) for (const number of numbers[index]!) verdicts[number] = same[index] === 1
    for (const { pair, error } of failures) {
      for (const number of numbers[pair]!) verdicts[number] = new FormatError(error.code, error.detail, error.facts)
    }
    doneBytes += bytes
    options.progress?.(doneBytes, total)
  }
  for (const job of jobs) readJobAhead(job)
  const run = compareJobRunner()
  const runHere = (job: PlannedJob): CompareJobResult => run(job, job.sources.old, job.sources.new)
  const pool =
    options.files === undefined ? undefined : startPool<CompareJob, CompareJobResult>(total, options, WORTH_A_THREAD)
  // Threads open the files. They would first have to unpack an image inside a compressed one.
  const isShared = ({ sources }: PlannedJob): boolean =>
    pool !== undefined && sources.old === images.old.file && sources.new === images.new.file
  const shared = jobs.filter(isShared)
  if (options.files !== undefined) {
    const { files } = options
    const names = { old: images.old.file.name, new: images.new.file.name }
    const start = (): WorkerStart => ({ old: forThread(files.old), new: forThread(files.new), names })
    await pool?.run(start, shared, shared.length, runHere, done, ({ pairs: compared }) => ({ pairs: compared }))
  }
  for (const job of jobs) {
    if (isShared(job)) continue
    done(job, runHere(job))
    // Lets the process handle signals.
    await nextTurn()
  }
  return verdicts
}

/** Tells sources whose bytes are slow to get what of them is read. */
function readJobAhead({ pairs, sources }: PlannedJob): void {
  for (const side of ['old', 'new'] as const) {
    if (!isSlow(sources[side])) continue
    for (const pair of pairs) {
      for (const { offset, storedLength } of pair[side]) readAhead(sources[side], offset, storedLength)
    }
  }
}

/** A pair with its places, and the numbers of the pairs that it stands for. */
interface Draft extends ComparePair {
  readonly numbers: number[]
  readonly bytes: number
}

/** Groups pairs into jobs, in the order of their places. A pair with unknown blocks gets its verdict here. */
function planJobs(pairs: readonly FilePair[], verdicts: ContentVerdict[]): PlannedJob[] {
  const places = { old: new Places(), new: new Places() }
  const groups = new Map<ByteSource, Map<ByteSource, Map<string, Draft>>>()
  for (const [number, pair] of pairs.entries()) {
    try {
      const old = places.old.of(pair.old)
      const now = places.new.of(pair.new)
      const bySource = mapIn(mapIn(groups, old.source), now.source)
      const key = `${old.key} ${now.key} ${pair.hashes ? 1 : 0}`
      const known = bySource.get(key)
      if (known !== undefined) {
        known.numbers.push(number)
        continue
      }
      places.old.spend(pair.old, old.runs)
      places.new.spend(pair.new, now.runs)
      const { size } = pair.old.entry
      bySource.set(key, { old: old.runs, new: now.runs, hashes: pair.hashes, numbers: [number], bytes: size })
    } catch (error) {
      verdicts[number] = asFormatError(error)
    }
  }
  return [...groups].flatMap(([old, byNew]) =>
    [...byNew].flatMap(([now, drafts]) => jobsOf([...drafts.values()], { old, new: now })),
  )
}

function mapIn<Key, Inner, Value>(maps: Map<Key, Map<Inner, Value>>, key: Key): Map<Inner, Value> {
  const known = maps.get(key)
  if (known !== undefined) return known
  const made = new Map<Inner, Value>()
  maps.set(key, made)
  return made
}

function jobsOf(drafts: readonly Draft[], sources: PlannedJob['sources']): PlannedJob[] {
  const jobs: PlannedJob[] = []
  let taken: Draft[] = []
  let bytes = 0
  const finish = (): void => {
    if (taken.length === 0) return
    const pairs = taken.map(({ old, new: now, hashes }) => ({ old, new: now, hashes }))
    jobs.push({ pairs, numbers: taken.map(({ numbers }) => numbers), sources, bytes })
    taken = []
    bytes = 0
  }
  const startOf = ({ old }: Draft): number => old.find(({ codec }) => codec !== 'hole')?.offset ?? 0
  for (const draft of [...drafts].sort((a, b) => startOf(a) - startOf(b))) {
    taken.push(draft)
    bytes += draft.bytes
    if (bytes >= JOB_SIZE) finish()
  }
  finish()
  return jobs
}

const encoder = new TextEncoder()

/** Where the contents of one side lie, in the outermost source that holds them as they are stored. */
class Places {
  /** The blocks to unpack, by reader. */
  readonly #blocks = new Map<ContentReader, Set<number>>()
  #runs = 0

  /** @returns the runs, and a key that is the same for contents in the same places */
  of({ open, entry }: FilePlace): { source: ByteSource; runs: StoredRun[]; key: string } {
    const { image, reader } = open
    const { source, offset: origin } = locate(image.source, 0)
    const runs: StoredRun[] = []
    for (const run of image.runs(entry)) {
      this.#runs += 1
      if (this.#runs > reader.limits.blocks) {
        throw formatError('LIMIT', `more than ${reader.limits.blocks} blocks to compare`, image.source, {
          structure: 'block list',
          offset: run.offset,
          ...atLimit(reader.limits, 'blocks'),
        })
      }
      if (run.length > 0) runs.push({ ...run, offset: origin + run.offset })
    }
    const hash = startHash('sha256')
    for (const { offset, storedLength, length, skip, codec } of runs) {
      hash.update(encoder.encode(`${codec === 'hole' ? '' : offset} ${storedLength} ${length} ${skip} ${codec}\n`))
    }
    return { source, runs, key: hash.digest() }
  }

  /** Counts the content to unpack. @throws {FormatError} LIMIT if it is more than we read of this image */
  spend({ open: { reader } }: FilePlace, runs: readonly StoredRun[]): void {
    const blocks = this.#blocks.get(reader) ?? new Set<number>()
    this.#blocks.set(reader, blocks)
    for (const { offset, length, unpackedLimit, codec } of runs) {
      reader.spend(length, offset)
      if (codec === 'stored' || codec === 'hole' || blocks.has(offset)) continue
      blocks.add(offset)
      reader.spend(unpackedLimit, offset)
    }
  }
}
