import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../../parsers/bytes/once-per.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { fullName } from '../../owners/names.ts'
import { fileMatcher } from '../../owners/path-glob.ts'
import type { Culprit } from './hint.ts'

/** Finds the first path that a pattern over files matches; none if the inventory has no files. */
export type FilesNamed = (pattern: Culprit & { kind: 'file' }) => readonly ByteString[]

export function filesByGlob(inventory: Inventory): FilesNamed {
  const paths = oncePer(allPaths)
  return ({ glob, in: where }) => {
    const matches = fileMatcher(glob)
    const literal = longestLiteral(glob)
    const all = where === 'initrd' ? pathsInInitrds(inventory) : paths(inventory)
    // Most paths lack the literal part, which is faster to tell.
    for (const path of all) if (path.includes(literal) && matches(path)) return [path]
    return []
  }
}

/** Paths of all files: those of store paths in the store, the others in the image. */
function allPaths({ files, outside, directory }: Inventory): readonly ByteString[] {
  const inStore = Array.from(files ?? [], ([key, owned]) =>
    owned.map(({ path }) => fullName(directory, key) + (path === '' ? '' : `/${path.replace(/^\//, '')}`)),
  )
  return [...(outside ?? []).map(({ path }) => path), ...inStore.flat()]
}

function pathsInInitrds({ inside }: Inventory): readonly ByteString[] {
  return (inside?.images ?? []).flatMap(({ format, path, accounts }) =>
    format === 'initrd' ? accounts.map(({ name }) => name.slice(path.length)) : [],
  )
}

/** The longest part of a glob that stands for itself. */
function longestLiteral(glob: string): string {
  return glob
    .replace(/\[[^\]]*\]/g, '*')
    .split(/[*?]/)
    .reduce((longest, part) => (part.length > longest.length ? part : longest), '')
}
