import type { ErrorCode, FormatError } from '../bytes/errors.ts'
import { type ByteSource, formatError, type Place } from '../bytes/source.ts'

/** How many warnings of one kind are kept: a damaged directory can hold millions, and three show the pattern. */
const KEPT_PER_KIND = 3

interface Kind {
  count: number
  readonly code: ErrorCode
  readonly detail: string
  last: Place
}

/** What was wrong and worked around; a kind (one sentence) that repeats becomes a few warnings and a count. */
export class WarningList {
  readonly #source: ByteSource
  readonly #kept: FormatError[] = []
  readonly #kinds = new Map<string, Kind>()
  #complete = true

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** @param detail the same words for every warning of one kind; what differs belongs into `place` */
  add(code: ErrorCode, detail: string, place: Place): void {
    const kind = this.#kinds.get(detail)
    if (kind === undefined) this.#kinds.set(detail, { count: 1, code, detail, last: place })
    else {
      kind.count += 1
      kind.last = place
    }
    if ((kind?.count ?? 1) <= KEPT_PER_KIND) this.#kept.push(formatError(code, detail, this.#source, place))
  }

  /** As `add`, for what also keeps a part of the image from being read. */
  lose(code: ErrorCode, detail: string, place: Place): void {
    this.#complete = false
    this.add(code, detail, place)
  }

  /** Whether nothing was lost so far. */
  get complete(): boolean {
    return this.#complete
  }

  /** A warning that was thrown by a reader below. */
  take(error: FormatError): void {
    const { structure, offset, field, found, expected, limit } = error.facts
    this.add(error.code, error.detail, {
      structure,
      offset,
      ...(field === undefined ? {} : { field }),
      ...(found === undefined ? {} : { found }),
      ...(expected === undefined ? {} : { expected }),
      ...(limit === undefined ? {} : { limit }),
    })
  }

  /** All that is kept in the order it was met, then one line for each kind that has more. */
  list(): FormatError[] {
    const rest = [...this.#kinds.values()].filter((kind) => kind.count > KEPT_PER_KIND)
    return [
      ...this.#kept,
      ...rest.map((kind) => {
        const more = kind.count - KEPT_PER_KIND
        const detail = `${kind.detail} (${more} more like this, the last of them here)`
        return formatError(kind.code, detail, this.#source, kind.last)
      }),
    ]
  }
}

/** A name for a message: what is not printable ASCII as \xNN. */
export function quoted(name: string): string {
  const shown = name.length > 120 ? `${name.slice(0, 120)}...` : name
  const escaped = shown.replace(/[^ -~]|["\\]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
  return `"${escaped}"`
}
