import type { Root } from '../../owners/nix/roots.ts'
import { printable } from '../text/printable.ts'

/** The roots of an image, and why they are roots; paths by number or by name. */
export function rootsJson<Path>(
  roots: readonly (Omit<Root, 'path'> & { readonly path: Path })[],
  nameOf: (path: Path) => string,
): readonly object[] {
  return roots.map(({ path, reason, files }) => ({ path: nameOf(path), reason, files: files?.map(printable) }))
}
