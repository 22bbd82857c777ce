/** Reads of bytes that are slow to get, by pages of which the last ones are kept. */
export interface PagedReads {
  readInto(target: Uint8Array, offset: number, length: number): void
  clear(): void
}

/** Pages from `begin` on, whole ones but for the last page of all. */
export interface GotPages {
  readonly begin: number
  readonly bytes: Uint8Array
}

/**
 * Gets page `first`, and perhaps those beside it. A read takes the pages up to `last`, of which it may get fewer.
 * @param has whether a page is there already
 */
export type GetPages = (first: number, last: number, has: (page: number) => boolean) => GotPages

/** A report of a NixOS ISO then takes 12 reads of 3.7 MB, and with 64 KiB 32 reads of 3.1 MB. */
export const PAGE: number = 1 << 18
/** Pages that are got at once. */
export const MOST_AT_ONCE = 32
/**
 * Pages that are got with the last one. A reader looks there for a copy of the partition table, and then for tables and
 * small files just before it. A report takes three requests less, of 13.
 */
const AT_END = 4

/** @param kept how many pages are kept, at least as many as are got at once */
export function pagedReads(get: GetPages, kept: number): PagedReads {
  /** The pages by number, the one that was used last at the end. */
  const pages = new Map<number, Uint8Array>()
  const keep = (number: number, page: Uint8Array): void => {
    pages.delete(number)
    pages.set(number, page)
    if (pages.size > kept) pages.delete(pages.keys().next().value!)
  }
  const has = (number: number): boolean => pages.has(number)
  const load = (first: number, last: number): Uint8Array => {
    const { begin, bytes } = get(first, last, has)
    // A copy, so that a page does not keep those beside it.
    for (let at = 0; at < bytes.length; at += PAGE) keep(begin + at / PAGE, bytes.slice(at, at + PAGE))
    return pages.get(first)!
  }
  return {
    readInto(target, offset, length) {
      const last = Math.floor((offset + length - 1) / PAGE)
      for (let done = 0; done < length; ) {
        const number = Math.floor((offset + done) / PAGE)
        const page = pages.get(number) ?? load(number, last)
        keep(number, page)
        const start = offset + done - number * PAGE
        const part = page.subarray(start, start + length - done)
        target.set(part, done)
        done += part.length
      }
    },
    clear: () => pages.clear(),
  }
}

/** Says which pages to get at once, [begin, end), where `first` is missing and a read takes those up to `last`. */
export type PlanPages = (
  first: number,
  last: number,
  has: (page: number) => boolean,
) => { readonly begin: number; readonly end: number }

/**
 * Gets those that one read takes, and twice as many each time while reads go on.
 * @param count of all pages
 */
export function growingReads(count: number): PlanPages {
  /** The page after those that we got last. While reads go on there, we get twice as many each time. */
  let next = -1
  let ahead = 1
  return (first, last, has) => {
    ahead = first === next ? Math.min(ahead * 2, MOST_AT_ONCE) : 1
    const most = Math.min(Math.max(last + 1, first + ahead), first + MOST_AT_ONCE, count)
    let end = first + 1
    while (end < most && !has(end)) end += 1
    let begin = first
    if (first === count - 1) while (begin > 0 && begin > count - AT_END && !has(begin - 1)) begin -= 1
    next = end
    return { begin, end }
  }
}

/**
 * Gets what is said to be read soon, with what lies beside it, and otherwise guesses as `growingReads` does.
 * @param count of all pages
 * @param isWanted whether a page is said to be read soon
 */
export function wantedReads(count: number, isWanted: (page: number) => boolean): PlanPages {
  const guess = growingReads(count)
  return (first, last, has) => {
    const isNext = (page: number): boolean => page < count && isWanted(page) && !has(page)
    let { begin, end } = isNext(first) ? { begin: first, end: first + 1 } : guess(first, last, has)
    while (end - begin < MOST_AT_ONCE && isNext(end)) end += 1
    while (end - begin < MOST_AT_ONCE && begin > 0 && isNext(begin - 1)) begin -= 1
    return { begin, end }
  }
}

/** Pages of a file that are got as they are wanted, and the function that says what is wanted. */
export interface WantedPages {
  readonly pages: PagedReads
  readonly readAhead: (offset: number, length: number) => void
}

/**
 * @param size of the file in bytes
 * @param kept how many pages are kept
 * @param load gets bytes [start, end)
 */
export function wantedPages(size: number, kept: number, load: (start: number, end: number) => Uint8Array): WantedPages {
  const count = Math.ceil(size / PAGE)
  const wanted = new Set<number>()
  const plan = wantedReads(count, (page) => wanted.has(page))
  const pages = pagedReads((first, last, has) => {
    const { begin, end } = plan(first, last, has)
    for (let page = begin; page < end; page += 1) wanted.delete(page)
    return { begin, bytes: load(begin * PAGE, Math.min(end * PAGE, size)) }
  }, kept)
  return {
    pages,
    readAhead(offset, length) {
      // A damaged image may say places that it does not have.
      const end = Math.min(Math.ceil((offset + length) / PAGE), count)
      for (let page = Math.max(Math.floor(offset / PAGE), 0); page < end; page += 1) wanted.add(page)
    },
  }
}
