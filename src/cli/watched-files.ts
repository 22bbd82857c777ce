import { fileStamp } from '../platform/node/file-stamp.ts'
import { isUrl } from '../platform/remote-file.ts'

/** The files that we read, with the stamp of each before we began; undefined for a file that did not exist. */
const stamps = new Map<string, string | undefined>()

/** Forgets the files of an earlier command line. */
export function watchNothing(): void {
  stamps.clear()
}

/** Notes the state of a file that we are about to read. */
export function watchFile(path: string): void {
  if (!stamps.has(path)) stamps.set(path, stampOf(path))
}

/** Forgets one file, about which we know by now whether it has changed. */
export function endWatch(path: string): void {
  stamps.delete(path)
}

/** Whether a watched file has been written to, replaced or removed since. */
export function isChanged(path: string): boolean {
  return stamps.get(path) !== stampOf(path)
}

/** The watched files that have changed. */
export function changedFiles(): readonly string[] {
  return [...stamps.keys()].filter(isChanged)
}

/** Undefined for a file on a server, too: each answer of the server tells whether it is the same file. */
function stampOf(path: string): string | undefined {
  if (isUrl(path)) return undefined
  try {
    return fileStamp(path)
  } catch {
    return undefined
  }
}
