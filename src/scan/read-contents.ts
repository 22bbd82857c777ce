import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { FormatError } from '../../parsers/bytes/errors.ts'
import { type ByteSource, locate } from '../../parsers/bytes/source.ts'
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
import { type ReadJob, type ReadJobResult, type ReadResult, readJobRunner } from './read-job.ts'
import type { ScanOptions } from './scan-references.ts'
import { type JobQueue, WorkerPool } from './worker-pool.ts'

/** What we found out about a subject. */
export interface ReadAnswer {
  /** Its hash in hexadecimal; undefined if we could not read everything, or if it has none. */
  readonly hash: string | undefined
  /** The numbers of the hashes of owners that occur in it. */
  readonly found: Uint32Array
  /** The first contents that we could not read, and how many there are. */
  readonly failures: readonly ReadFailure[]
  readonly failed: number
}

/** Content of a job. A thread unpacks it in some tens of milliseconds, and hard-linked tails mostly stay in one job. */
const JOB_SIZE = 8 << 20
/** With less content than this, threads save less time than they take to start: 45 ms each. */
const WORTH_A_THREAD = 16 << 20

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

/**
 * Reads contents, hashes them and searches them for hashes of owners. The largest subjects come first, so that they do
 * not end last. Small ones that lie together are read together, because they share blocks.
 * @param subjects those that lie together one after the other
 * @param hashes 32 digits each; answers have their numbers
 * @returns an answer for each subject
 */
export async function readContents(
  open: OpenImage,
  subjects: readonly ReadSubject[],
  hashes: readonly string[],
  { jobs = availableParallelism(), file, progress }: Pick<ScanOptions, 'jobs' | 'file' | 'progress'> = {},
): Promise<readonly ReadAnswer[]> {
  const answers = new Array<ReadAnswer>(subjects.length)
  const total = subjects.reduce((sum, { bytes }) => sum + bytes, 0)
  let doneBytes = 0
  const done = ({ planned, draft }: PlannedJob, { results }: ReadJobResult): void => {
    for (const [index, subject] of draft.subjects.entries())
      answers[subject] = answerOf(planned[index]!, results[index]!)
    doneBytes += draft.bytes
    progress?.(Math.min(doneBytes, total - 1), total)
  }
  const budget: BlockBudget = { left: open.reader.limits.blocks }
  const planJob = (draft: Draft): PlannedJob => {
    const planned = draft.subjects.map((subject) => planReading(subjects[subject]!, budget))
    return { planned, readings: planned.map(({ reading }) => reading), source: planned[0]!.source, draft }
  }
  // Threads open the file. They would first have to unpack an image inside a compressed one.
  const whole = locate(open.file, 0).source
  const isShared = ({ open: { image } }: ReadSubject): boolean => locate(image.source, 0).source === whole
  const drafts = draftJobs(subjects)
  const [shared, others] = [true, false].map((wanted) =>
    drafts.filter((draft) => isShared(subjects[draft.subjects[0]!]!) === wanted),
  ) as [Draft[], Draft[]]
  const sharedBytes = shared.reduce((sum, { bytes }) => sum + bytes, 0)
  const threads = Math.min(jobs, Math.floor(sharedBytes / WORTH_A_THREAD))
  const run = readJobRunner(new ReferenceScanner(hashes))
  const runHere = (job: PlannedJob): ReadJobResult => run(job, job.source)
  if (file !== undefined && whole.origin.kind === 'root' && threads > 1) {
    const pool = new WorkerPool<ReadJob, ReadJobResult>(threads - 1)
    const queue = queueOf(shared, planJob, threads)
    await pool.runQueue({ contents: file, name: whole.name, hashes }, queue, runHere, done, ({ readings }) => ({
      readings,
    }))
  } else others.unshift(...shared)
  for (const draft of others) {
    const job = planJob(draft)
    done(job, runHere(job))
    // Lets the process handle signals.
    await setImmediate()
  }
  progress?.(total, total)
  mark('contents are read')
  return answers
}

/** Large subjects alone, the largest first, then the small ones together, in their order. */
function draftJobs(subjects: readonly ReadSubject[]): Draft[] {
  const large: Draft[] = []
  const small: Draft[] = []
  let taken: number[] = []
  let bytes = 0
  const finish = (): void => {
    if (taken.length > 0) small.push({ subjects: taken, bytes })
    taken = []
    bytes = 0
  }
  const sourceOf = (subject: number): ByteSource => locate(subjects[subject]!.open.image.source, 0).source
  for (const [number, subject] of subjects.entries()) {
    if (subject.bytes >= JOB_SIZE) {
      large.push({ subjects: [number], bytes: subject.bytes })
      continue
    }
    // The places of a job count from one source.
    if (taken.length > 0 && sourceOf(taken[0]!) !== sourceOf(number)) finish()
    taken.push(number)
    bytes += subject.bytes
    if (bytes >= JOB_SIZE) finish()
  }
  finish()
  return [...large.sort((a, b) => b.bytes - a.bytes), ...small]
}

/**
 * Threads take the largest jobs, and the main thread takes the smallest. It has to be there for the other threads, for
 * signals and for the line about progress.
 */
function queueOf(
  drafts: readonly Draft[],
  planJob: (draft: Draft) => PlannedJob,
  threads: number,
): JobQueue<PlannedJob> {
  let next = 0
  let end = drafts.length
  return {
    forThread() {
      if (next >= end) return undefined
      next += 1
      return planJob(drafts[next - 1]!)
    },
    forMain() {
      if (next >= end) return undefined
      end -= 1
      return planJob(drafts[end]!)
    },
    // No thread holds a large job that another one could begin.
    ahead: () => (end - next > 2 * threads ? 2 : 1),
  }
}

function answerOf(
  { paths, failures: known }: PlannedReading,
  { hash, found, failures, failed }: ReadResult,
): ReadAnswer {
  const read = failures.map(({ content, error: { code, detail, facts } }) => ({
    path: paths[content]!,
    error: new FormatError(code, detail, facts),
  }))
  return { hash, found, failures: [...known, ...read], failed: known.length + failed }
}
