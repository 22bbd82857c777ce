import { Inflate } from 'pako'
import { FormatError } from '../bytes/errors.ts'

/**
 * Decompresses a zlib stream (RFC 1950) with pako, its Adler-32 verified.
 * @throws {FormatError} MALFORMED, TRUNCATED, CHECKSUM, LIMIT when `output` is too small
 */
export function decompressZlib(input: Uint8Array, output: Uint8Array): number {
  let written = 0
  // One byte more than fits, so that a stream that is too long ends in its first chunk.
  const inflate = new Inflate({ chunkSize: output.length + 1 })
  inflate.onData = (chunk) => {
    const bytes = chunk as Uint8Array
    if (written + bytes.length > output.length) {
      throw failure('LIMIT', 'it decompresses to more than there is room for', `more than ${output.length} bytes`)
    }
    output.set(bytes, written)
    written += bytes.length
  }
  inflate.push(input, true)
  if (inflate.err !== 0) {
    const reason = inflate.msg || 'it does not decompress'
    throw failure(reason.includes('data check') ? 'CHECKSUM' : 'MALFORMED', reason)
  }
  if (!inflate.ended) throw failure('TRUNCATED', 'the stream ends early')
  return written
}

function failure(code: 'LIMIT' | 'CHECKSUM' | 'MALFORMED' | 'TRUNCATED', detail: string, found?: string): FormatError {
  const more = found === undefined ? {} : { found }
  return new FormatError(code, detail, { source: 'input', structure: 'zlib stream', offset: 0, ...more })
}
