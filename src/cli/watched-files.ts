import { fileStamp } from '../images/image-identity.ts'

/** Files that are read, and the stamp of each when it was begun with; none of one that was not there. */
const stamps = new Map<string, string | undefined>()

/** Notes the state of a file that is about to be read. */
export function watchFile(path: string): void {
  if (!stamps.has(path)) stamps.set(path, stampOf(path))
}

/** Whether a watched file was written to, replaced or removed since. */
export function isChanged(path: string): boolean {
  return stamps.get(path) !== stampOf(path)
}

/** The watched files that are not as they were. */
export function changedFiles(): readonly string[] {
  return [...stamps.keys()].filter(isChanged)
}

function stampOf(path: string): string | undefined {
  try {
    return fileStamp(path)
  } catch {
    return undefined
  }
}
