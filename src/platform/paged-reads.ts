/** Reads of bytes that are slow to get, by pages of which the last ones are kept. */
export interface PagedReads {
  readInto(target: Uint8Array, offset: number, length: number): void
  /** Gets bytes that are read next, at once, as far as there is room for them. */
  readAhead(offset: number, length: number): void
  clear(): void
}

/** A report of a NixOS ISO then takes 12 reads of 3.7 MB, and with 64 KiB 32 reads of 3.1 MB. */
const PAGE = 1 << 18
/** Pages that are kept: 16 MiB. */
const KEPT = 64
/** Pages that are got at once. */
const MOST_AT_ONCE = 32
/**
 * Pages that are got with the last one. A reader looks there for a copy of the partition table, and then for tables and
 * small files just before it. A report takes three requests less, of 13.
 */
const AT_END = 4
/** The most bytes that are got at once. */
export const MOST_LOADED: number = MOST_AT_ONCE * PAGE

/**
 * @param size of all bytes
 * @param load gets the bytes [start, end), which are whole pages but for the last one
 */
export function pagedReads(size: number, load: (start: number, end: number) => Uint8Array): PagedReads {
  /** The pages by number, the one that was used last at the end. */
  const pages = new Map<number, Uint8Array>()
  const keep = (number: number, page: Uint8Array): void => {
    pages.delete(number)
    pages.set(number, page)
    if (pages.size > KEPT) pages.delete(pages.keys().next().value!)
  }
  const count = Math.ceil(size / PAGE)
  /** The page after those that we got last. While reads go on there, we get twice as many each time. */
  let next = -1
  let ahead = 1
  /** Gets the page and those up to `last` that are not there, at once. */
  const get = (first: number, last: number): Uint8Array => {
    ahead = first === next ? Math.min(ahead * 2, MOST_AT_ONCE) : 1
    const most = Math.min(Math.max(last + 1, first + ahead), first + MOST_AT_ONCE, count)
    let end = first + 1
    while (end < most && !pages.has(end)) end += 1
    let begin = first
    if (first === count - 1) while (begin > 0 && begin > count - AT_END && !pages.has(begin - 1)) begin -= 1
    next = end
    const start = begin * PAGE
    const bytes = load(start, Math.min(end * PAGE, size))
    for (let number = begin; number < end; number += 1) {
      const at = number * PAGE - start
      // A copy, so that a page does not keep those beside it.
      keep(number, bytes.slice(at, at + PAGE))
    }
    const page = pages.get(first)!
    keep(first, page)
    return page
  }
  return {
    readInto(target, offset, length) {
      const last = Math.floor((offset + length - 1) / PAGE)
      for (let done = 0; done < length; ) {
        const number = Math.floor((offset + done) / PAGE)
        const known = pages.get(number)
        if (known !== undefined) keep(number, known)
        const page = known ?? get(number, last)
        const start = offset + done - number * PAGE
        const part = page.subarray(start, start + length - done)
        target.set(part, done)
        done += part.length
      }
    },
    readAhead(offset, length) {
      const first = Math.floor(offset / PAGE)
      const last = Math.min(Math.floor((offset + length - 1) / PAGE), first + MOST_AT_ONCE - 1)
      for (let number = first; number <= last; number += 1) if (!pages.has(number)) get(number, last)
    },
    clear: () => pages.clear(),
  }
}
