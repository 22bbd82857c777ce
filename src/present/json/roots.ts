import type { Root } from '../../owners/roots.ts'
import { printable } from '../text/printable.ts'

/** A root of an image, and why it is one. */
export function rootJson({ reason, files }: Pick<Root, 'reason' | 'files'>, path: string): object {
  return { path, reason, configurations: files?.map(printable) }
}
