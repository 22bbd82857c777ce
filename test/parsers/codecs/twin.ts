import { difference } from '../../../fuzz/verdicts.js'
import { FormatError } from '../../../parsers/index.ts'

/** "none" where a stream is decoded. */
export function verdictOf(result: Uint8Array | FormatError): string {
  return result instanceof FormatError ? result.code : 'none'
}

/**
 * Verifies that a decoder in WebAssembly gives the bytes that the one in TypeScript gives, and refuses what it refuses.
 * @param seeds the codec in fuzz/verdicts.js, which says how their verdicts may differ
 */
export function verifyTwin(seeds: string, expected: Uint8Array | FormatError, found: Uint8Array | FormatError): void {
  const differing = difference(seeds, verdictOf(expected), verdictOf(found))
  if (differing !== undefined) throw new Error(`${seeds} in WebAssembly: ${differing}`)
  if (expected instanceof FormatError && found instanceof FormatError) {
    // What was computed is in the message: so they decoded the same.
    if (expected.code !== 'CHECKSUM' || expected.message === found.message) return
    throw new Error(`${seeds} in WebAssembly: ${found.message}, TypeScript ${expected.message}`)
  }
  if (expected instanceof FormatError || found instanceof FormatError) return
  if (Buffer.compare(expected, found) !== 0) throw new Error(`${seeds} in WebAssembly gives other bytes`)
}
