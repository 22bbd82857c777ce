import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { isStorePathName } from './store-path.ts'

/**
 * The kernel parameters that name what to start: a program, or a system of Guix and what it loads, which older releases write
 * with dashes (Guix: gnu/system.scm, bootable-kernel-arguments).
 */
const STARTED = /(?:\binit|\bgnu\.(?:system|load)|--(?:system|load))=(\/\S*)/g

/** The store paths, by base name, that a boot loader's configuration tells the kernel to start. */
export function startedStorePaths(configuration: ByteString): ReadonlySet<ByteString> {
  const bases = new Set<ByteString>()
  for (const [, program] of configuration.matchAll(STARTED)) {
    const base = program!.split('/').find(isStorePathName)
    if (base !== undefined) bases.add(base)
  }
  return bases
}
