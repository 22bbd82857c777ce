import { hardLinksOf, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Account } from '../inventory/attribution.ts'
import { entrySizes } from '../inventory/entry-sizes.ts'
import type { SizedPath } from './directory-rows.ts'

/** The files and directories of an image that no owner has, by the accounts of a report. */
export function unownedPaths(accounts: readonly Account[]): readonly SizedPath[] {
  return accounts
    .filter(({ kind }) => kind === 'file')
    .map(({ name, own, unpacked, files, otherNames }) => ({ path: name, own, unpacked, files, otherNames }))
}

/** All files and directories of an image, those of owners too. */
export function* sizedPaths(open: OpenImage, accounts: readonly Account[]): Generator<SizedPath> {
  for (const { open: holder, path, own, inner, accountOf } of entrySizes(open, accounts)) {
    const { tree } = holder.image
    const pathOf = pathBuilder(tree, path)
    const links = hardLinksOf(tree)
    const counted = new Set<number>()
    for (let index = 0; index < tree.count; index += 1) {
      const identity = tree.identities[index]!
      const isFile = tree.typeOf(index) === 'file' && !inner.has(index) && !counted.has(identity)
      if (isFile && links.has(identity)) counted.add(identity)
      yield {
        path: index === 0 ? `${path}/` : pathOf(index),
        own: own[index]!,
        unpacked: isFile ? tree.sizes[index]! : 0,
        files: isFile ? 1 : 0,
        owner: accountOf[index]?.owner,
      }
    }
  }
}
