import { findEntries } from '../analyses/find-entries.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Resolved } from '../images/resolve-path.ts'
import { isGlob } from '../owners/glob.ts'

/** "; did you mean '*perl*'?" if part of a name was given for a whole one; '' if no name has that part either. */
export function widerGlob(open: OpenImage, at: Resolved, find: string): string {
  if (isGlob(find) || find.includes('/')) return ''
  const [first] = findEntries(open, at, `*${find}*`)
  return first === undefined ? '' : `; did you mean '*${find}*'?`
}
