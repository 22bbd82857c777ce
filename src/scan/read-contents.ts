import { nextTurn } from '#platform/next-turn'
import { forThread } from '#platform/thread-file'
import { availableThreads } from '#platform/threads'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { type ByteSource, isSlow, locate, readAhead } from '../../parsers/bytes/source.ts'
import type { OpenImage } from '../images/open-image.ts'
import { ReferenceScanner } from '../owners/nix/reference-scanner.ts'
import { mark } from '../platform/timeline.ts'
import {
  type BlockBudget,
  type PlannedReading,
  planReading,
  type ReadFailure,
  type ReadSubject,
} from './plan-reading.ts'
import { type ReadJob, type ReadJobResult, type ReadResult, RUN_NUMBERS, readJobRunner } from './read-job.ts'
import type { ScanOptions } from './scan-references.ts'
import type { WorkerStart } from './worker.ts'
import { type JobQueue, startPool, type WorkerPool } from './worker-pool.ts'

/** What we found out about a subject. */
export interface ReadAnswer {
  /** Its hash in hexadecimal; undefined if we could not read everything, or if it has none. */
  readonly hash: string | undefined
  /** The bytes that it covers; undefined where the hash is. */
  readonly size: number | undefined
  /** The numbers of the hashes of owners that occur in it. */
  readonly found: Uint32Array
  /** The first contents that we could not read, and how many there are. */
  readonly failures: readonly ReadFailure[]
  readonly failed: number
  /** For each file of a subject whose files are hashed, as `ReadResult.each` has it. Absent for others. */
  readonly each?: readonly (string | undefined)[]
}

/** Content of a job. A thread unpacks it in some tens of milliseconds, and hard-linked tails mostly stay in one job. */
const JOB_SIZE = 8 << 20

/** Subjects that one thread reads one after the other. */
interface Draft {
  readonly subjects: readonly number[]
  readonly bytes: number
}

/** A job, and its subjects. */
interface PlannedJob extends ReadJob {
  readonly source: ByteSource
  readonly planned: readonly PlannedReading[]
  readonly draft: Draft
}

export type ReadOptions = Pick<ScanOptions, 'jobs' | 'startThread' | 'file' | 'progress'>

export type ReadThreads = WorkerPool<ReadJob, ReadJobResult>

/** What to read. */
export interface ToRead {
  /** Those that lie together one after the other. */
  readonly subjects: readonly ReadSubject[]
  /** More of them. We ask when other threads are at work on the first ones. */
  readonly later: () => readonly ReadSubject[]
  /** Hashes of owners to look for, of 32 digits each. Answers have their numbers. */
  readonly hashes: readonly string[]
}

/** Starts threads to read an image; undefined if it is small, or if threads cannot open it. */
export function startReading(
  { file: { size }, file: source, image }: OpenImage,
  options: ReadOptions,
): ReadThreads | undefined {
  // Threads open the file. They would first have to unpack an image inside a compressed one.
  const whole = locate(source, 0).source
  const canOpen = whole.origin.kind === 'root' && locate(image.source, 0).source === whole
  return options.file === undefined || !canOpen ? undefined : startPool(size, options)
}

/**
 * Reads contents, hashes them and searches them for hashes of owners. The largest subjects come first, so that they do
 * not end last. Small ones that lie together are read together, because they share blocks.
 * @param pool threads from `startReading`
 * @returns an answer for each subject, those of `later` at the end
 */
export async function readContents(
  open: OpenImage,
  { subjects, later, hashes }: ToRead,
  pool: ReadThreads | undefined,
  { jobs = availableThreads(), file = '', progress }: ReadOptions = {},
): Promise<readonly ReadAnswer[]> {
  const all = [...subjects]
  const answers: ReadAnswer[] = []
  let totalBytes = bytesOf(subjects)
  let doneBytes = 0
  const done = ({ planned, draft }: PlannedJob, { results }: ReadJobResult): void => {
    for (const [index, subject] of draft.subjects.entries()) {
      answers[subject] = answerOf(planned[index]!, results[index]!)
    }
    doneBytes += draft.bytes
    // It is done when all is read, not only what we know of so far.
    if (doneBytes < totalBytes) progress?.(doneBytes, totalBytes)
  }
  const budget: BlockBudget = { left: open.reader.limits.blocks }
  const planJob = (draft: Draft): PlannedJob => {
    const planned = draft.subjects.map((subject) => planReading(all[subject]!, budget))
    return { planned, readings: planned.map(({ reading }) => reading), source: planned[0]!.source, draft }
  }
  const run = readJobRunner(new ReferenceScanner(hashes))
  const runHere = (job: PlannedJob): ReadJobResult => run(job, job.source)
  const whole = locate(open.file, 0).source
  const isFast = !isSlow(whole)
  const plansOf = (some: readonly Draft[]): readonly (() => PlannedJob)[] =>
    isFast ? some.map((draft) => () => planJob(draft)) : inPlaceOrder(some.map(planJob), whole).map((job) => () => job)
  const isShared = ({ subjects: [first] }: Draft): boolean => sourceOf(all[first!]!) === whole
  const drafts = draftJobs(all, 0)
  const alone = pool === undefined ? drafts : drafts.filter((draft) => !isShared(draft))
  const addLater = (): void => {
    const more = later()
    const first = all.length
    all.push(...more)
    totalBytes += bytesOf(more)
    alone.push(...draftJobs(all, first))
    mark('all contents are known')
  }
  if (pool === undefined) addLater()
  else {
    const queue = queueOf(plansOf(drafts.filter(isShared)), isFast, jobs, addLater)
    const start = (): WorkerStart => ({ contents: forThread(file), name: whole.name, hashes })
    await pool.runQueue(start, queue, runHere, done, ({ readings }) => ({ readings }))
  }
  for (const plan of plansOf(alone)) {
    const job = plan()
    done(job, runHere(job))
    // Lets the process handle signals.
    await nextTurn()
  }
  progress?.(totalBytes, totalBytes)
  mark('contents are read')
  return answers
}

function bytesOf(subjects: readonly ReadSubject[]): number {
  return subjects.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** The source that the places of a subject count from. */
function sourceOf({ open }: ReadSubject): ByteSource {
  return locate(open.image.source, 0).source
}

/** Jobs in the order of their places in a file, of which a server gives at once what lies together. */
function inPlaceOrder(jobs: readonly PlannedJob[], file: ByteSource): readonly PlannedJob[] {
  const placeOf = ({ source, readings }: PlannedJob): number => {
    const [first] = readings.flatMap(({ runs }) => (runs.length > 0 ? [runs[0]!] : []))
    return source === file ? (first ?? 0) : file.size
  }
  for (const { source, readings } of jobs) {
    for (const { runs } of readings) {
      for (let at = 0; at < runs.length; at += RUN_NUMBERS) readAhead(source, runs[at]!, runs[at + 1]!)
    }
  }
  return [...jobs].sort((a, b) => placeOf(a) - placeOf(b))
}

/** Large subjects alone, the largest first, then the small ones together, in their order; from the number `first` on. */
function draftJobs(subjects: readonly ReadSubject[], first: number): Draft[] {
  const large: Draft[] = []
  const small: Draft[] = []
  let taken: number[] = []
  let bytes = 0
  const finish = (): void => {
    if (taken.length > 0) small.push({ subjects: taken, bytes })
    taken = []
    bytes = 0
  }
  for (let number = first; number < subjects.length; number += 1) {
    const subject = subjects[number]!
    if (subject.bytes >= JOB_SIZE) {
      large.push({ subjects: [number], bytes: subject.bytes })
      continue
    }
    // The places of a job count from one source.
    if (taken.length > 0 && sourceOf(subjects[taken[0]!]!) !== sourceOf(subject)) finish()
    taken.push(number)
    bytes += subject.bytes
    if (bytes >= JOB_SIZE) finish()
  }
  finish()
  return [...large.sort((a, b) => b.bytes - a.bytes), ...small]
}

/**
 * Threads take the first jobs, which are the largest, and the main thread takes the last. It has to be there for the other
 * threads, for signals and for the line about progress.
 * @param hasSmallLast false if they are in the order of their places, in which the main thread takes them, too
 */
function queueOf(
  plans: readonly (() => PlannedJob)[],
  hasSmallLast: boolean,
  threads: number,
  threadsAreAtWork: () => void,
): JobQueue<PlannedJob> {
  let isFirst = true
  let next = 0
  let end = plans.length
  const takeFirst = (): PlannedJob | undefined => {
    if (next >= end) return undefined
    next += 1
    return plans[next - 1]!()
  }
  return {
    forThread: takeFirst,
    forMain() {
      if (isFirst) threadsAreAtWork()
      isFirst = false
      if (!hasSmallLast || next >= end) return takeFirst()
      end -= 1
      return plans[end]!()
    },
    // No thread holds a large job that another one could begin.
    ahead: () => (end - next > 2 * threads ? 2 : 1),
  }
}

function answerOf(
  { paths, failures: known }: PlannedReading,
  { hash, size, found, failures, failed, each }: ReadResult,
): ReadAnswer {
  const read = failures.map(({ content, error: { code, detail, facts } }) => ({
    path: paths[content]!,
    error: new FormatError(code, detail, facts),
  }))
  const answer = { hash, size, found, failures: [...known, ...read], failed: known.length + failed }
  if (each === undefined) return answer
  const unplanned = new Set(known.map(({ path }) => path))
  return { ...answer, each: each.map((one, content) => (unplanned.has(paths[content]!) ? undefined : one)) }
}
