import { startMd5 } from '../../../parsers/checksums/md5.ts'
import { startSha1 } from '../../../parsers/checksums/sha1.ts'
import { startSha256 } from '../../../parsers/checksums/sha256.ts'
import type { HashAlgorithm, RunningHash } from '../running-hash.ts'

const STARTS = { md5: startMd5, sha1: startSha1, sha256: startSha256 } as const

/** Starts a hash. Those of a browser take all bytes at once, and answer later. */
export function startHash(algorithm: HashAlgorithm): RunningHash {
  const hash = STARTS[algorithm]()
  return {
    update: (bytes) => hash.update(bytes, 0, bytes.length),
    digest: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  }
}
