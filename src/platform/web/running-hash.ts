import { startMd5 } from '../../../parsers/checksums/md5.ts'
import { startSha256 } from '../../../parsers/checksums/sha256.ts'
import type { HashAlgorithm, RunningHash } from '../running-hash.ts'

/** Starts a hash. Those of a browser take all bytes at once, and answer later. */
export function startHash(algorithm: HashAlgorithm): RunningHash {
  const hash = algorithm === 'md5' ? startMd5() : startSha256()
  return {
    update: (bytes) => hash.update(bytes, 0, bytes.length),
    digest: () => Array.from(hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join(''),
  }
}
