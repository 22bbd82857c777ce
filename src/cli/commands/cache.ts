import type { CachedFile } from '../../platform/cached-file.ts'
import { cachedFiles, clearCache } from '../../platform/node/cache-files.ts'
import { thisSystem, userDirectory } from '../../platform/node/user-directories.ts'
import { printableText } from '../../present/text/printable.ts'
import { formatBytes, formatCount, plural } from '../../present/units.ts'
import type { CacheArguments } from '../definitions/cache.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { systemReason } from '../open.ts'

/** `isoscope cache`: where we keep what we found out about images, and how much; or removes it. */
export async function runCache({ clear, path }: CacheArguments): Promise<ExitCode> {
  const directory = userDirectory('cache', thisSystem())
  if (directory === undefined) throw new UsageError('there is no cache, because this user has no home directory')
  if (path === true) console.log(directory)
  else if (clear === true) console.log(`removed ${amountOf(tried(directory, clearCache))}`)
  else console.log(`${printableText(directory)}\n${amountOf(tried(directory, cachedFiles))}`)
  return EXIT.ok
}

function tried<Answer>(directory: string, ask: (directory: string) => Answer): Answer {
  try {
    return ask(directory)
  } catch (error) {
    const reason = systemReason(error)
    throw reason === undefined ? error : new UsageError(`${directory}: ${reason}`)
  }
}

/** "2 entries, 414.1 KiB (424,051 bytes)" */
function amountOf(files: readonly CachedFile[]): string {
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  return `${plural(files.length, 'entry', 'entries')}, ${formatBytes(bytes, 'iec')} (${formatCount(bytes)} bytes)`
}
