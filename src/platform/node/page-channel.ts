import type { PageChannel } from '../shared-file.ts'

/** Pages that one answer has at most. */
export const MOST_ASKED = 8

/** Whose turn it is: `IDLE` and `ASKED`, then `DONE` or `FAILED`. */
export const FLAG = 0
/** How many bytes there are. */
export const COUNT = 1
export const IDLE = 0
export const ASKED = 1
export const DONE = 2
export const FAILED = 3

/** What `life` says when the thread has ended. */
export const ENDED = -1

/** @param pages that an answer has at most */
export function pageChannel(bytes: number, life: SharedArrayBuffer = new SharedArrayBuffer(4)): PageChannel {
  return {
    flags: new SharedArrayBuffer(8),
    numbers: new SharedArrayBuffer(32),
    bytes: new SharedArrayBuffer(bytes),
    text: new SharedArrayBuffer(4096),
    life,
  }
}

/** What a thread answers. */
export interface PageAnswer {
  /** The size of the file, in bytes. */
  readonly size: number
  /** Valid until the next question. */
  readonly bytes: Uint8Array
  readonly text: string
  readonly isFailed: boolean
}

/** How often we look whether the thread lives, and how often it may seem dead, in milliseconds. */
const LOOK = 5_000
const MOST_DEAD = 4

/** Asks for pages, and waits for the answer. @returns undefined if the thread has ended */
export function askForPages(channel: PageChannel, first: number, last: number): PageAnswer | undefined {
  const flags = new Int32Array(channel.flags)
  const numbers = new Float64Array(channel.numbers)
  const life = new Int32Array(channel.life)
  numbers[1] = first
  numbers[2] = last
  Atomics.store(flags, FLAG, ASKED)
  Atomics.notify(flags, FLAG)
  let before = -1
  for (let dead = 0; ; ) {
    const now = Atomics.load(life, 0)
    dead = now === before ? dead + 1 : 0
    before = now
    if (dead >= MOST_DEAD || now === ENDED) return undefined
    if (Atomics.wait(flags, FLAG, ASKED, LOOK) !== 'timed-out') break
  }
  return {
    size: numbers[0]!,
    bytes: new Uint8Array(channel.bytes, 0, flags[COUNT]!),
    text: new TextDecoder().decode(new Uint8Array(channel.text).slice(0, numbers[3]!)),
    isFailed: Atomics.load(flags, FLAG) === FAILED,
  }
}

/** The pages that the other thread asks for next; the channel waits until it does. */
export async function nextQuestion(channel: PageChannel): Promise<{ readonly first: number; readonly last: number }> {
  const flags = new Int32Array(channel.flags)
  for (;;) {
    const state = Atomics.load(flags, FLAG)
    if (state === ASKED) break
    const { async, value } = Atomics.waitAsync(flags, FLAG, state)
    if (async) await value
  }
  const [, first, last] = new Float64Array(channel.numbers)
  return { first: first!, last: last! }
}

/** Answers a question. The bytes are in the channel already. */
export function answerQuestion(channel: PageChannel, flag: number, count: number, text: string, size: number): void {
  const flags = new Int32Array(channel.flags)
  const numbers = new Float64Array(channel.numbers)
  const place = new Uint8Array(channel.text)
  const encoded = new TextEncoder().encode(text).subarray(0, place.length)
  place.set(encoded)
  numbers[0] = size
  numbers[3] = encoded.length
  flags[COUNT] = count
  Atomics.store(flags, FLAG, flag)
  Atomics.notify(flags, FLAG)
}
