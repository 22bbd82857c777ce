import { PAGE } from '../paged-reads.ts'
import { TemporaryFile } from './temporary-file.ts'

/** Pages that stay in memory: 16 MiB. */
const IN_MEMORY = 64
/** Pages that stay in the temporary file: 4 GiB. */
const IN_FILE = 1 << 14

/** Pages that were got, of which those that were used last are kept. */
export interface KeptPages {
  has(number: number): boolean
  /** @returns undefined if it is not kept */
  get(number: number): Uint8Array | undefined
  add(number: number, page: Uint8Array): void
}

/** Where a page lies in the file. */
interface Place {
  readonly offset: number
  readonly length: number
}

/**
 * Pages that memory has no room for go to a temporary file, so that work that passes over an image twice gets each page
 * once. Where there is no room for such a file, only memory keeps them.
 */
export function keptPages(inMemory: number = IN_MEMORY, inFile: number = IN_FILE): KeptPages {
  /** The pages in memory, the one that was used last at the end. */
  const pages = new Map<number, Uint8Array>()
  /** Those in the file, likewise. */
  const places = new Map<number, Place>()
  let capacity = inFile
  let file: TemporaryFile | undefined
  /** The place for another page: a new one, or that of the page that was used longest ago. */
  const freeOffset = (): number => {
    if (places.size < capacity) return places.size * PAGE
    const [oldest, { offset }] = places.entries().next().value!
    places.delete(oldest)
    return offset
  }
  const store = (number: number, page: Uint8Array): void => {
    if (capacity === 0) return
    const known = places.get(number)
    places.delete(number)
    if (known !== undefined) {
      places.set(number, known)
      return
    }
    const offset = freeOffset()
    try {
      file ??= new TemporaryFile()
      file.write(page, offset)
      places.set(number, { offset, length: page.length })
    } catch {
      // There is no more room. The pages that are there have all the places that there will be.
      capacity = places.size
    }
  }
  const stored = (number: number): Uint8Array | undefined => {
    const place = places.get(number)
    if (place === undefined) return undefined
    const page = new Uint8Array(place.length)
    try {
      file!.readInto(page, place.offset, place.length)
      return page
    } catch {
      places.clear()
      capacity = 0
      return undefined
    }
  }
  const keep = (number: number, page: Uint8Array): void => {
    pages.delete(number)
    pages.set(number, page)
    if (pages.size <= inMemory) return
    const [oldest, bytes] = pages.entries().next().value!
    pages.delete(oldest)
    store(oldest, bytes)
  }
  return {
    has: (number) => pages.has(number) || places.has(number),
    get(number) {
      const page = pages.get(number) ?? stored(number)
      if (page !== undefined) keep(number, page)
      return page
    },
    add: keep,
  }
}
