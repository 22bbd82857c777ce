import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type Entry, pathBuilder, pathOf } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { childrenOf } from '../images/resolve-path.ts'
import { DatabaseReader } from './database-reader.ts'
import type { InstalledPackage, PackageDatabase } from './package-database.ts'
import type { PackageDescription, PackageFileFormat } from './package-file.ts'
import { rootOf } from './root-file-system.ts'

/**
 * The packages that lie on a medium as files: on a disc, to install from. A package says itself what it is; of one that is in
 * a format that we do not read, we know what the index in its folder says, or its name.
 * @returns undefined if there are none
 */
export function packagesOnMedium(open: OpenImage, format: PackageFileFormat): PackageDatabase | undefined {
  const { tree, format: imageFormat } = open.image
  if (imageFormat.looksInside !== 'files') return undefined
  const packages: InstalledPackage[] = []
  let reader: DatabaseReader | undefined
  const pathAt = pathBuilder(tree)
  const indexes = new Map<number, ReadonlyMap<ByteString, PackageDescription>>()
  const indexed = (index: number): PackageDescription | undefined => {
    const folder = tree.parents[index]!
    const known = indexes.get(folder) ?? descriptionsIn(open, folder, format, reader!)
    indexes.set(folder, known)
    return known.get(tree.nameOf(index))
  }
  for (let index = 1; index < tree.count; index += 1) {
    if (tree.typeOf(index) !== 'file' || !format.name.test(tree.nameOf(index))) continue
    reader ??= new DatabaseReader(rootOf(open))
    const path = pathAt(index)
    const entry = tree.entry(index)
    const description =
      reader.partOf({ open, entry }, path, (source, spend) => format.describe(source, spend)) ??
      indexed(index) ??
      nameOnly(format, entry.name, tree.nameOf(tree.parents[index]!))
    if (description !== undefined) packages.push({ ...description, files: [path], selection: 'on medium' })
  }
  return reader === undefined ? undefined : { packages, problems: reader.problems }
}

/** What the index in a folder says of the packages there; nothing if there is none. */
function descriptionsIn(
  open: OpenImage,
  folder: number,
  { index }: PackageFileFormat,
  reader: DatabaseReader,
): ReadonlyMap<ByteString, PackageDescription> {
  const { image } = open
  const isIndex = ({ name, type }: Entry): boolean => type === 'file' && name === index?.name
  const entry = index && childrenOf(image, image.tree.entry(folder)).find(isIndex)
  if (index === undefined || entry === undefined) return new Map()
  const path = pathOf(image.tree, entry)
  return reader.partOf({ open, entry }, path, (source, spend) => index.describe(source, spend)) ?? new Map()
}

function nameOnly(format: PackageFileFormat, name: ByteString, directory: ByteString): PackageDescription | undefined {
  const parts = format.partsOf(name, directory)
  return parts === undefined ? undefined : { ...parts, requires: [], provides: [] }
}
