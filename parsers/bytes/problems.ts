import type { ErrorCode, FormatError } from './errors.ts'
import { type ByteSource, formatError, type Place } from './source.ts'

/** Problems of one kind that are kept: a damaged directory can hold millions, and three show the pattern. */
const KEPT_PER_KIND = 3
/** Problems that are kept of all kinds: damage can make up any number of kinds. */
const KEPT = 100

/** What is wrong with an image, as plain data. */
export interface ReadProblems {
  /** What is wrong and was worked around, in the order it was met. */
  readonly warnings: readonly FormatError[]
  /** Whether all could be read; if not, `warnings` says what is missing. */
  readonly complete: boolean
}

interface Kind {
  count: number
  readonly code: ErrorCode
  readonly detail: string
  last: Place
}

/**
 * Collects what is wrong with an image while it is read. A kind of problem (one sentence) that repeats becomes a few
 * warnings and a count; the same problem at the same place is told once.
 */
export class Problems {
  readonly #source: ByteSource
  readonly #kept: FormatError[] = []
  readonly #messages = new Set<string>()
  readonly #kinds = new Map<string, Kind>()
  #complete = true
  /** Whether one problem explains all that follow, which are then not told. */
  #explained = false
  /** How many of further kinds there are, and the last of them. */
  #rest: Kind | undefined

  /** @param earlier problems that were met before, which these go on from and do not repeat */
  constructor(source: ByteSource, earlier?: Problems) {
    this.#source = source
    if (earlier === undefined) return
    this.#kept.push(...earlier.#kept)
    for (const { message } of this.#kept) this.#messages.add(message)
    for (const [detail, kind] of earlier.#kinds) this.#kinds.set(detail, { ...kind })
    if (earlier.#rest !== undefined) this.#rest = { ...earlier.#rest }
    this.#complete = earlier.#complete
    this.#explained = earlier.#explained
  }

  /** Notes what is odd, and could be read all the same. @param detail the same words for all problems of one kind */
  add(code: ErrorCode, detail: string, place: Place): void {
    const kind = this.#kinds.get(detail)
    // To make an error takes a thousand times as long as to count it.
    if (kind !== undefined && kind.count >= KEPT_PER_KIND && !this.#explained) {
      kind.count += 1
      kind.last = place
    } else this.note(formatError(code, detail, this.#source, place))
  }

  /** As `add`, for what also keeps a part of the image from being read. */
  lose(code: ErrorCode, detail: string, place: Place): void {
    this.#complete = false
    this.add(code, detail, place)
  }

  /** As `add`, for an error of a reader below. */
  note(problem: FormatError): void {
    if (this.#explained || this.#messages.has(problem.message)) return
    const { code, detail, facts } = problem
    const kind = this.#kinds.get(detail)
    // A limit is always told: the user can raise it.
    if (kind === undefined && this.#kept.length >= KEPT && facts.limit === undefined) {
      this.#rest = { count: (this.#rest?.count ?? 0) + 1, code, detail, last: facts }
      return
    }
    if (kind === undefined) this.#kinds.set(detail, { count: 1, code, detail, last: facts })
    else {
      kind.count += 1
      kind.last = facts
    }
    if ((kind?.count ?? 1) > KEPT_PER_KIND) return
    this.#kept.push(problem)
    this.#messages.add(problem.message)
  }

  /** As `lose`, for an error of a reader below. */
  damage(problem: FormatError): void {
    this.#complete = false
    this.note(problem)
  }

  /** As `damage`, for one problem that explains all that follow: a file that was cut short. */
  explain(problem: FormatError): void {
    this.damage(problem)
    this.#explained = true
  }

  /** Whether nothing was lost so far. */
  get complete(): boolean {
    return this.#complete
  }

  /** What was found so far: in the order it was met, then one line for each kind that has more. */
  found(): ReadProblems {
    const warnings = [...this.#kept]
    const counted = ({ code, detail, last }: Kind, more: string): void => {
      warnings.push(formatError(code, `${detail} (${more}, the last of them here)`, this.#source, last))
    }
    for (const kind of this.#kinds.values()) {
      if (kind.count > KEPT_PER_KIND) counted(kind, `${kind.count - KEPT_PER_KIND} more like this`)
    }
    if (this.#rest !== undefined) counted(this.#rest, `${this.#rest.count} more of other kinds`)
    return { warnings, complete: this.#complete }
  }
}
