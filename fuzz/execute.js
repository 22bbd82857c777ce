const GUARD = 64
const GUARD_BYTE = 0xa5
const CODES = new Set(['MALFORMED', 'TRUNCATED', 'CHECKSUM', 'UNSUPPORTED', 'LIMIT'])
const guard = new Uint8Array(GUARD).fill(GUARD_BYTE)

/**
 * The result of a decoder. A `problem` is behaviour that no decoder may show, whatever its input.
 * @typedef {{ written: number, code: string, message: string, problem: string | undefined, milliseconds: number }} Outcome
 */

/** Runs one decoder on memory with guard bytes around it. */
export class Executor {
  /** @type {(input: Uint8Array, output: Uint8Array) => number} */
  #decompress
  /** @type {Function} */
  #formatError
  #input
  #output

  /**
   * @param {(input: Uint8Array, output: Uint8Array) => number} decompress
   * @param {Function} formatError
   * @param {number} inputLimit
   * @param {number} roomLimit
   */
  constructor(decompress, formatError, inputLimit, roomLimit) {
    this.#decompress = decompress
    this.#formatError = formatError
    this.#input = new Uint8Array(GUARD + inputLimit + GUARD).fill(GUARD_BYTE)
    this.#output = new Uint8Array(GUARD + roomLimit + GUARD).fill(GUARD_BYTE)
  }

  /** The output of the last run. @param {Outcome} outcome */
  written(outcome) {
    return this.#output.subarray(GUARD, GUARD + Math.max(0, outcome.written))
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} room
   * @param {number} before value of the output bytes before the run
   * @returns {Outcome}
   */
  run(bytes, room, before = 0x5a) {
    const input = this.#input.subarray(GUARD, GUARD + bytes.length)
    const output = this.#output.subarray(GUARD, GUARD + room)
    input.set(bytes)
    output.fill(before)
    this.#input.set(guard, GUARD + bytes.length)
    this.#output.set(guard, GUARD + room)
    let written = -1
    let code = 'none'
    let message = ''
    /** @type {string | undefined} */
    let problem
    const start = performance.now()
    try {
      written = this.#decompress(input, output)
      if (!Number.isInteger(written) || written < 0 || written > room) {
        problem = `returned ${written} of a room of ${room}`
        written = -1
      }
    } catch (error) {
      ;({ problem, code, message } = this.#judge(error, bytes.length))
    }
    const milliseconds = performance.now() - start
    if (Buffer.compare(input, bytes) !== 0) problem = 'wrote into the input'
    for (const [name, memory, length] of /** @type {const} */ ([
      ['input', this.#input, bytes.length],
      ['output', this.#output, room],
    ])) {
      const end = memory.subarray(GUARD + length, GUARD + length + GUARD)
      if (Buffer.compare(memory.subarray(0, GUARD), guard) === 0 && Buffer.compare(end, guard) === 0) continue
      problem = `wrote outside the ${name}`
      memory.fill(GUARD_BYTE)
    }
    return { written, code, message, problem, milliseconds }
  }

  /** @param {unknown} error @param {number} length of the input */
  #judge(error, length) {
    if (!(error instanceof this.#formatError)) {
      const stack = error instanceof Error ? String(error.stack).split('\n').slice(0, 3).join(' | ') : String(error)
      return { code: 'none', message: '', problem: `threw what is no FormatError: ${stack}` }
    }
    const { code, facts, message } =
      /** @type {{ code: string, facts: { source: string, offset: number }, message: string }} */ (
        /** @type {unknown} */ (error)
      )
    const about =
      facts.source === 'input' && Number.isInteger(facts.offset) && facts.offset >= 0 && facts.offset <= length
    const plain = CODES.has(code) && !/undefined|NaN|\[object/.test(message)
    const problem = about && plain ? undefined : `threw an error that cannot be: ${code}, ${message}`
    return { code, message, problem }
  }
}
