import type { ErrorCode, FormatError } from './errors.ts'
import { type ByteSource, formatError, type Place } from './source.ts'

/** Problems of one kind that we keep: a damaged directory can hold millions, and three show the pattern. */
const KEPT_PER_KIND = 3
/** Problems of all kinds that we keep, because damage can produce any number of kinds. */
const KEPT = 100

/** The problems of an image, as plain data. */
export interface ReadProblems {
  /** Problems that we worked around, in the order in which we met them. */
  readonly warnings: readonly FormatError[]
  /** Whether we could read everything. If not, `warnings` says what is missing. */
  readonly complete: boolean
}

interface Kind {
  count: number
  readonly code: ErrorCode
  readonly detail: string
  last: Place
}

/**
 * Collects the problems of an image while we read it. A kind of problem (one sentence) that repeats becomes a few
 * warnings and a count. The same problem at the same place is reported once.
 */
export class Problems {
  readonly #source: ByteSource
  readonly #kept: FormatError[] = []
  readonly #messages = new Set<string>()
  readonly #kinds = new Map<string, Kind>()
  #complete = true
  /** Whether one problem explains all later ones, which we then do not report. */
  #explained = false
  /** The number of problems of further kinds, and the last of them. */
  #rest: Kind | undefined

  /** @param earlier problems from before; the new collection continues them and does not repeat them */
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

  /**
   * Reports an oddity that does not keep us from reading the image.
   * @param detail the same words for all problems of one kind
   */
  add(code: ErrorCode, detail: string, place: Place): void {
    const kind = this.#kinds.get(detail)
    // Making an error takes a thousand times as long as counting it.
    if (kind !== undefined && kind.count >= KEPT_PER_KIND && !this.#explained) {
      kind.count += 1
      kind.last = place
    } else this.note(formatError(code, detail, this.#source, place))
  }

  /** Like `add`, for a problem that also makes a part of the image unreadable. */
  lose(code: ErrorCode, detail: string, place: Place): void {
    this.#complete = false
    this.add(code, detail, place)
  }

  /** Like `add`, for the error of a lower reader. */
  note(problem: FormatError): void {
    if (this.#explained || this.#messages.has(problem.message)) return
    const { code, detail, facts } = problem
    const kind = this.#kinds.get(detail)
    // We always report a limit, because the user can raise it.
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

  /** Like `lose`, for the error of a lower reader. */
  damage(problem: FormatError): void {
    this.#complete = false
    this.note(problem)
  }

  /** Like `damage`, for one problem that explains all later ones, such as a file that was cut short. */
  explain(problem: FormatError): void {
    this.damage(problem)
    this.#explained = true
  }

  /** Whether nothing is lost so far. */
  get complete(): boolean {
    return this.#complete
  }

  /** The problems so far: those kept, in the order in which we met them, then a line for each kind that has more. */
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
