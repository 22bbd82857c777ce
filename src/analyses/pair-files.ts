import { withoutHashes } from '../inventory/content-signature.ts'
import type { FileFacts } from '../inventory/file-facts.ts'

/** The pairs of corresponding entries of two trees, and the entries without a counterpart. */
export interface FilePairs<File extends Pick<FileFacts, 'path'> = FileFacts> {
  readonly both: readonly (readonly [old: File, now: File])[]
  readonly gone: readonly File[]
  readonly new: readonly File[]
}

/** Pairs entries with the same path, then those whose paths differ only in the hashes of owners. */
export function pairFiles<File extends Pick<FileFacts, 'path'>>(
  before: readonly File[],
  after: readonly File[],
): FilePairs<File> {
  // Usually both have the same paths in the same order.
  if (before.length === after.length && before.every(({ path }, at) => path === after[at]!.path)) {
    return { both: before.map((old, at) => [old, after[at]!]), gone: [], new: [] }
  }
  const both: [File, File][] = []
  const byPath = new Map(before.map((old) => [old.path, old]))
  const unmatched: File[] = []
  for (const now of after) {
    const old = byPath.get(now.path)
    if (old === undefined) unmatched.push(now)
    else {
      both.push([old, now])
      byPath.delete(now.path)
    }
  }
  const byKey = new Map<string, File[]>()
  for (const old of byPath.values()) {
    const key = withoutHashes(old.path)
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, [old])
    else known.push(old)
  }
  const added: File[] = []
  for (const now of unmatched) {
    const old = byKey.get(withoutHashes(now.path))?.shift()
    if (old === undefined) added.push(now)
    else both.push([old, now])
  }
  return { both, gone: [...byKey.values()].flat(), new: added }
}
