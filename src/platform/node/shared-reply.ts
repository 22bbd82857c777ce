/** Memory of two threads, in which one has the answer to a range that the other asked for. */
export interface SharedReply {
  /** What stands where: `FLAG`, `COUNT` and `LIFE`. */
  readonly flags: SharedArrayBuffer
  /** Size of the file, requests so far, bytes so far, and the length of the text. */
  readonly numbers: SharedArrayBuffer
  readonly bytes: SharedArrayBuffer
  /** The stamp of the file, or an error as JSON. */
  readonly text: SharedArrayBuffer
}

/** `WAITING`, `DONE` or `FAILED`. */
export const FLAG = 0
/** How many bytes there are. */
export const COUNT = 1
/** Goes up while the thread lives, and is `ENDED` afterwards. */
export const LIFE = 2
export const ENDED = -1

export const WAITING = 0
export const DONE = 1
export const FAILED = 2

/** @param most bytes of an answer */
export function sharedReply(most: number): SharedReply {
  return {
    flags: new SharedArrayBuffer(12),
    numbers: new SharedArrayBuffer(32),
    bytes: new SharedArrayBuffer(most),
    text: new SharedArrayBuffer(4096),
  }
}
