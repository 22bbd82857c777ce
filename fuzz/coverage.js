/** Which counters of an instrumented module an execution has ever reached, and how often in one execution. */
export class Coverage {
  #counters
  /**
   * A bit for each range of how often a branch was taken: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, 128 to 255.
   */
  #seen

  /** @param {Uint8Array} counters */
  constructor(counters) {
    this.#counters = counters
    this.#seen = new Uint8Array(counters.length)
  }

  /** Begins a new execution. */
  clear() {
    this.#counters.fill(0)
  }

  /** Whether the last execution reached a branch, or a range, that none did before. */
  isNew() {
    const counters = this.#counters
    const seen = this.#seen
    let found = false
    for (let index = 0; index < counters.length; index += 1) {
      const range = RANGE[counters[index] ?? 0] ?? 0
      if ((range & ~(seen[index] ?? 0)) !== 0) {
        seen[index] = (seen[index] ?? 0) | range
        found = true
      }
    }
    return found
  }

  /** How many branches were ever taken. */
  get branches() {
    let branches = 0
    for (const bits of this.#seen) if (bits !== 0) branches += 1
    return branches
  }
}

const RANGE = Uint8Array.from({ length: 256 }, (_, count) =>
  count < 4 ? ([0, 1, 2, 4][count] ?? 0) : count < 8 ? 8 : count < 16 ? 16 : count < 32 ? 32 : count < 128 ? 64 : 128,
)

/** Numbers vary with the input; the rest of the text identifies a finding. @param {string} text */
export const signature = (text) => text.replace(/-?\d+/g, 'N').slice(0, 160)

/** We measure CPU time, because a busy machine stretches wall time. @param {() => unknown} body */
export async function cpuMilliseconds(body) {
  const before = process.cpuUsage()
  await body()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
