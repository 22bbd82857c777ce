import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { DatabaseReader } from './database-reader.ts'
import type { InstalledPackage, PackageDatabase } from './package-database.ts'
import type { PackageFileFormat } from './package-file.ts'
import { rootOf } from './root-file-system.ts'

/**
 * The packages that lie on a medium as files: on a disc, to install from. A package says itself what it is; of one that is in
 * a format that we do not read, we know what its name says.
 * @returns undefined if there are none
 */
export function packagesOnMedium(open: OpenImage, format: PackageFileFormat): PackageDatabase | undefined {
  const { tree, format: imageFormat } = open.image
  if (imageFormat.looksInside !== 'files') return undefined
  const packages: InstalledPackage[] = []
  let reader: DatabaseReader | undefined
  const pathOf = pathBuilder(tree)
  for (let index = 1; index < tree.count; index += 1) {
    if (tree.typeOf(index) !== 'file' || !format.name.test(tree.nameOf(index))) continue
    reader ??= new DatabaseReader(rootOf(open))
    const path = pathOf(index)
    const entry = tree.entry(index)
    const description =
      reader.partOf({ open, entry }, path, (source, spend) => format.describe(source, spend)) ??
      nameOnly(format, entry.name, tree.nameOf(tree.parents[index]!))
    if (description !== undefined) packages.push({ ...description, files: [path], selection: 'on medium' })
  }
  return reader === undefined ? undefined : { packages, problems: reader.problems }
}

function nameOnly(
  format: PackageFileFormat,
  name: ByteString,
  directory: ByteString,
): Omit<InstalledPackage, 'files' | 'selection'> | undefined {
  const parts = format.partsOf(name, directory)
  return parts === undefined ? undefined : { ...parts, requires: [], provides: [] }
}
