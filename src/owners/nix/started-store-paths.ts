import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { isStorePathName } from './store-path.ts'

/** The kernel parameter that names the program to start. */
const INIT = /\binit=(\/\S*)/g

/** The store paths, by base name, that a boot loader's configuration tells the kernel to start. */
export function startedStorePaths(configuration: ByteString): ReadonlySet<ByteString> {
  const bases = new Set<ByteString>()
  for (const [, program] of configuration.matchAll(INIT)) {
    const base = program!.split('/').find(isStorePathName)
    if (base !== undefined) bases.add(base)
  }
  return bases
}
