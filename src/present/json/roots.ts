import type { Root } from '../../store/roots.ts'
import { printable } from '../text/printable.ts'

/** What an image is there for, and why that is thought. */
export function rootsJson(roots: readonly Root[], nameOf: (path: number) => string): readonly object[] {
  return roots.map(({ path, reason, files }) => ({ path: nameOf(path), reason, files: files?.map(printable) }))
}
