import { HttpProblem } from '../http-problem.ts'
import { MOST_AT_ONCE, PAGE, type PlanPages, wantedReads } from '../paged-reads.ts'
import type { RemoteFacts } from '../range-answer.ts'
import { type KeptPages, keptPages } from './kept-pages.ts'
import type { RangeClient } from './range-client.ts'

/** How many pages before the end of what is there we get more of those that are read next. */
const AHEAD = 16
/** How many requests for pages that nobody waits for yet go on at once. */
const MOST_BEHIND = 1

/**
 * How long we do not ask again after all tries have failed, in milliseconds. Hundreds of jobs would otherwise wait for all
 * tries, one after the other.
 */
const REST = 10_000

/** Gets ranges of a file, and says what the server told of it. */
export interface PageClient {
  readonly get: RangeClient['get']
  readonly facts: () => RemoteFacts
}

/** Gets the pages of a file for several threads, each page once. */
export class PageService {
  readonly #client: PageClient
  /** 1 for each page that is read soon. Other threads write it. */
  readonly #wanted: Uint8Array
  readonly #kept: KeptPages
  /** The pages that are on their way. */
  readonly #coming = new Map<number, Promise<void>>()
  #opening: Promise<void> | undefined
  #size = 0
  #plan: PlanPages = wantedReads(0, () => false)
  /** The last page that a thread asked for. */
  #head = 0
  #behind = 0
  readonly #rest: number
  /** The last failure, and when it was. */
  #failure: { readonly error: unknown; readonly time: number } | undefined

  constructor(client: PageClient, wanted: Uint8Array, kept: KeptPages = keptPages(), rest: number = REST) {
    this.#client = client
    this.#wanted = wanted
    this.#kept = kept
    this.#rest = rest
  }

  /**
   * Gets page `first`, and those up to `last` that are there already.
   * @returns how many bytes there are in `target`; 0 behind the end
   * @throws {HttpProblem}
   */
  async get(target: Uint8Array, first: number, last: number): Promise<number> {
    this.#opening ??= this.#open()
    await this.#opening
    this.#head = last
    while (first * PAGE < this.#size && !this.#kept.has(first)) {
      if (!this.#coming.has(first)) {
        if (this.#rests()) throw this.#failure!.error
        void this.#fetchFor(first, last)
      }
      this.#readAhead()
      await this.#coming.get(first)
    }
    this.#readAhead()
    let done = 0
    for (let number = first; number <= last && done < target.length; number += 1) {
      const page = this.#kept.get(number)
      if (page === undefined) break
      target.set(page, done)
      done += page.length
    }
    return done
  }

  /** The first request tells the size. */
  async #open(): Promise<void> {
    const page = new Uint8Array(PAGE)
    const count = await this.#client.get(0, PAGE, (piece, at) => page.set(piece, at))
    this.#size = this.#client.facts().size
    this.#plan = wantedReads(this.#count, (number) => this.#wanted[number] === 1)
    if (count > 0) this.#kept.add(0, page.subarray(0, count))
  }

  /** Whether the server has failed a moment ago. */
  #rests(): boolean {
    return this.#failure !== undefined && performance.now() - this.#failure.time < this.#rest
  }

  get #count(): number {
    return Math.ceil(this.#size / PAGE)
  }

  readonly #has = (number: number): boolean => this.#kept.has(number) || this.#coming.has(number)

  #isWanted(number: number): boolean {
    return number < this.#count && this.#wanted[number] === 1 && !this.#has(number)
  }

  /** Requests a page with those beside it that are read soon. */
  #fetchFor(first: number, last: number): Promise<void> {
    const { begin, end } = this.#plan(first, last, this.#has)
    return this.#fetch(begin, end)
  }

  /** Requests the pages that threads read next, so that they need not wait for them. */
  #readAhead(): void {
    while (this.#behind < MOST_BEHIND && !this.#rests()) {
      let begin = this.#head + 1
      while (begin <= this.#head + AHEAD && !this.#isWanted(begin)) begin += 1
      if (begin > this.#head + AHEAD) return
      let end = begin + 1
      while (end - begin < MOST_AT_ONCE && this.#isWanted(end)) end += 1
      this.#behind += 1
      void this.#fetch(begin, end).then(() => {
        this.#behind -= 1
        this.#readAhead()
      })
    }
  }

  /**
   * Requests pages [begin, end). Whoever needs a page that does not come hears why, and may ask for it again.
   * @returns when the request is over
   */
  async #fetch(begin: number, end: number): Promise<void> {
    this.#wanted.fill(0, begin, end)
    const arrivals = new Map<number, { arrived: () => void; failed: (error: unknown) => void }>()
    for (let number = begin; number < end; number += 1) {
      const coming = new Promise<void>((arrived, failed) => arrivals.set(number, { arrived, failed }))
      // It may be that nobody waits for it.
      coming.catch(() => {})
      this.#coming.set(number, coming)
    }
    const start = begin * PAGE
    const stop = Math.min(end * PAGE, this.#size)
    let number = begin
    let page = new Uint8Array(Math.min(PAGE, stop - start))
    let filled = 0
    try {
      const count = await this.#client.get(start, stop, (piece) => {
        for (let done = 0; done < piece.length; ) {
          const part = piece.subarray(done, done + page.length - filled)
          page.set(part, filled)
          done += part.length
          filled += part.length
          if (filled < page.length) continue
          this.#kept.add(number, page)
          this.#coming.delete(number)
          arrivals.get(number)!.arrived()
          number += 1
          filled = 0
          page = new Uint8Array(Math.max(Math.min(PAGE, stop - number * PAGE), 0))
        }
      })
      if (count < stop - start) throw tooFew()
    } catch (error) {
      this.#failure = { error, time: performance.now() }
      for (; number < end; number += 1) {
        this.#coming.delete(number)
        arrivals.get(number)!.failed(error)
      }
    }
  }
}

function tooFew(): HttpProblem {
  return new HttpProblem('the server gives fewer bytes than the file has', { code: 'TRUNCATED' })
}
