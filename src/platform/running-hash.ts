/** A hash of bytes that arrive in pieces. */
export interface RunningHash {
  update(bytes: Uint8Array): void
  /** The hash of all bytes, in hexadecimal. No more may follow. */
  digest(): string
}

/** Hashes that images declare, by their names in Node. */
export const HASH_ALGORITHMS = ['md5', 'sha1', 'sha256'] as const

export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number]
