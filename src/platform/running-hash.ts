/** A hash of bytes that arrive in pieces. */
export interface RunningHash {
  update(bytes: Uint8Array): void
  /** The hash of all bytes, in hexadecimal. No more may follow. */
  digest(): string
}

export type HashAlgorithm = 'sha256' | 'md5'
