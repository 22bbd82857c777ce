import { type ByteString, byteString, bytesOf, quoted } from '../../../parsers/bytes/byte-string.ts'
import { type ByteSource, formatError } from '../../../parsers/bytes/source.ts'
import { hexOfBase32 } from './base32.ts'
import { isStorePathName, STORE_DIRECTORY } from './store-path.ts'

/** A store path as Nix's database describes it. */
export interface RegisteredPath {
  /** Base name "hash-name". */
  readonly path: ByteString
  /** SHA-256 of the NAR serialisation in hexadecimal; undefined if the registration does not state it. */
  readonly narHash: string | undefined
  /** Bytes of the NAR serialisation; undefined if the registration does not state them. */
  readonly narSize: number | undefined
  /** Full path of the derivation that built it, if recorded. */
  readonly deriver: ByteString | undefined
  /** Base names, each once, in byte order. It includes the path itself if that refers to itself. */
  readonly references: readonly ByteString[]
}

/** The content of `nix-path-registration`. */
export interface Registration {
  /** The directory of all paths, such as "/nix/store". */
  readonly storeDirectory: ByteString
  readonly paths: ReadonlyMap<ByteString, RegisteredPath>
}

const NO_BYTES_HASH = '0'.repeat(64)

/**
 * Reads a registration as `nix-store --load-db` does (Nix: decodeValidPathInfo in src/libstore/path-info.cc). A record
 * has a line each for path, hash, size, deriver and number of references, then a line for each reference. The
 * registration ends after the last record, and a later record of a path replaces an earlier one. We accept every
 * notation that Nix has for a hash. Old images have zeros as hash and size, which say nothing.
 * @throws {FormatError} with the line: MALFORMED, or TRUNCATED if it ends inside a record
 */
export function readRegistration(bytes: Uint8Array, source: ByteSource): Registration {
  const text = byteString(bytes)
  const paths = new Map<ByteString, RegisteredPath>()
  let storeDirectory: ByteString | undefined
  let position = 0
  let line = 0
  let lineStart = 0

  const malformed = (detail: string, found: ByteString, expected?: string) =>
    formatError('MALFORMED', detail, source, {
      structure: `nix-path-registration, line ${line}`,
      offset: lineStart,
      found: quoted(found.length > 80 ? `${found.slice(0, 80)}...` : found),
      ...(expected === undefined ? {} : { expected }),
    })
  const next = (): ByteString | undefined => {
    if (position >= text.length) return undefined
    line += 1
    lineStart = position
    const end = text.indexOf('\n', position)
    const found = text.slice(position, end < 0 ? text.length : end)
    position = end < 0 ? text.length : end + 1
    return found
  }
  const need = (what: string): ByteString => {
    const found = next()
    if (found !== undefined) return found
    throw formatError('TRUNCATED', `ends where ${what} should be`, source, {
      structure: `nix-path-registration, line ${line + 1}`,
      offset: text.length,
    })
  }
  const baseOf = (written: ByteString): ByteString => {
    // Nix canonicalises paths. A regular expression would look for the end of each run of slashes in the path.
    let end = written.length
    while (written[end - 1] === '/') end -= 1
    const path = written.slice(0, end)
    const slash = path.lastIndexOf('/')
    const directory = path.slice(0, slash)
    const base = path.slice(slash + 1)
    if (path.endsWith('\r')) throw malformed('the line ends with a carriage return', written)
    if (slash <= 0 || !isStorePathName(base)) throw malformed('is not a store path', written)
    storeDirectory ??= directory
    if (directory !== storeDirectory) {
      throw malformed('is in another store than the paths before it', path, storeDirectory)
    }
    return base
  }
  const numberOf = (digits: ByteString, what: string): number => {
    // We accept as large numbers as Nix does; those above 2^53 are rounded.
    const number = /^\+?\d{1,20}$/.test(digits) ? Number(digits) : Number.NaN
    if (!(number <= 2 ** 64)) throw malformed(`is not a ${what}`, digits, 'a decimal number')
    return number
  }

  for (let first = next(); first !== undefined; first = next()) {
    const path = baseOf(first)
    const hash = need('a hash')
    const narHash = hexOfHash(hash)
    if (narHash === undefined)
      throw malformed('is not a SHA-256', hash, '64 hexadecimal, 52 base32 or 44 base64 digits')
    const narSize = numberOf(need('a size'), 'size')
    const deriver = need('a deriver, or an empty line')
    if (deriver !== '') baseOf(deriver)
    const count = numberOf(need('a number of references'), 'number of references')
    const references = new Set<ByteString>()
    for (let index = 0; index < count; index += 1) references.add(baseOf(need('a reference')))
    paths.set(path, {
      path,
      narHash: narHash === NO_BYTES_HASH ? undefined : narHash,
      // No real path is too large for an exact count.
      narSize: narSize === 0 || !Number.isSafeInteger(narSize) ? undefined : narSize,
      deriver: deriver === '' ? undefined : deriver,
      references: [...references].sort(),
    })
  }
  return { storeDirectory: storeDirectory ?? STORE_DIRECTORY, paths }
}

/** A SHA-256 in any notation of Nix: after "sha256:" or "sha256-", or recognised by its length. */
function hexOfHash(text: ByteString): string | undefined {
  const digits = text.replace(/^sha256[:-]/, '')
  if (text.startsWith('sha256-') || digits.length === 44) return hexOfBase64(digits)
  if (digits.length === 64) return /^[0-9a-fA-F]{64}$/.test(digits) ? digits.toLowerCase() : undefined
  return hexOfBase32(digits, 32)
}

function hexOfBase64(digits: string): string | undefined {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(digits)) return undefined
  return Array.from(bytesOf(atob(digits)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
