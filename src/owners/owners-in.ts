import { type ByteString, quoted } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { formatError } from '../../parsers/bytes/source.ts'
import type { OpenImage } from '../images/open-image.ts'
import { modelOfKinds, OWNER_MODELS } from './models.ts'
import { isPackage } from './names.ts'
import type { Owner, OwnerModel, TreeOwners } from './owner.ts'
import { ownLayers, type RootFileSystem, rootOf } from './root-file-system.ts'

/** The owners in an image and in the images inside it. */
export interface ImageOwners {
  readonly model: OwnerModel
  /** By key, in byte order. */
  readonly owners: ReadonlyMap<ByteString, Owner>
  /** The outermost image and all images inside it. Each comes before the images in its own files, in entry order. */
  readonly images: readonly OpenImage[]
  /** Why we may not have found all owners. */
  readonly problems: readonly FormatError[]
}

/** Finds the owners of all kinds in an image. We look once. */
export const ownersIn: (open: OpenImage) => ImageOwners = oncePer(lookForOwners)

function lookForOwners(open: OpenImage): ImageOwners {
  const found = OWNER_MODELS.map((model) => ownersOfModel(open, model))
  const some = found.filter(({ owners }) => owners.size > 0)
  const [first = found[0]!, ...others] = some
  const kinds = some.map(({ model }) => model)
  // A database that we cannot read may be why we found no owners.
  const problems = [...found.flatMap((one) => one.problems), ...unreadDatabases(found), ...secondStores(some)]
  const owners = others.length === 0 ? first : ownersOfModel(open, modelOfKinds(kinds))
  const roots = new Set(owners.images.map(rootOf))
  return { ...owners, problems: [...problems, ...[...roots].flatMap((root) => root.problems)] }
}

/** That owners of a second store have full names in the directory of the first one, because a key does not say where it is. */
function secondStores(found: readonly ImageOwners[]): readonly FormatError[] {
  const [first, ...others] = found.filter(({ model }) => model.directory !== '')
  return others.map(({ model: { directory }, images: [open] }) => {
    const detail = `is a second store; its paths are told with ${first!.model.directory}/ before their names`
    return formatError('UNSUPPORTED', detail, open!.image.source, {
      structure: `entry ${quoted(directory)}`,
      offset: 0,
    })
  })
}

/** The databases of systems in which no package manager has packages that we know. */
function unreadDatabases(found: readonly ImageOwners[]): readonly FormatError[] {
  const managers = found.filter(({ model }) => model.hashOf === undefined)
  const hasPackages = (root: RootFileSystem): boolean =>
    managers.some(({ model }) => ownLayers(root).some(({ open }) => treeOwners(open, model).isOwner.includes(1)))
  return managers.flatMap(({ model, images }) =>
    images.flatMap((open) => {
      const { unread } = treeOwners(open, model)
      return unread === undefined || hasPackages(rootOf(open)) ? [] : unread
    }),
  )
}

function ownersOfModel(open: OpenImage, model: OwnerModel): ImageOwners {
  const images = imagesIn(open, model)
  const problems = images.flatMap((image) => treeOwners(image, model).problems)
  return { model, owners: uniteOwners(images, model), images, problems }
}

function imagesIn(open: OpenImage, model: OwnerModel): readonly OpenImage[] {
  const found = new Set([open])
  // The loop visits those that it adds, too.
  for (const holder of found) for (const nested of imagesBeside(holder, model).values()) found.add(nested)
  return [...found]
}

/** The images in files of an image that belong to no owner as a whole, by the number of their entry. */
export function imagesBeside(open: OpenImage, model: OwnerModel): ReadonlyMap<number, OpenImage> {
  const owners = treeOwners(open, model)
  const found = new Map<number, OpenImage>()
  for (const index of open.tried) {
    const nested = belongsToOwner(open, owners, index) ? undefined : open.inside(index)
    if (nested !== undefined) found.set(index, nested)
  }
  return found
}

/** Whether an entry that is an image belongs to an owner as a whole: except on a disc, one that has an owner does. */
function belongsToOwner({ image }: OpenImage, { ownerOf, isOwner }: TreeOwners, index: number): boolean {
  return isOwner[ownerOf[index]!] === 1 && image.format.looksInside !== 'files'
}

/**
 * The owners in several images together. If an owner is in two, we take it from the one that is no disc. The ISO may hold a
 * kernel too, but only the part of it that the boot loader reads. In layers of one root file system it has parts of itself.
 */
function uniteOwners(images: readonly OpenImage[], model: OwnerModel): ReadonlyMap<ByteString, Owner> {
  const found = new Map<ByteString, Owner>()
  for (const open of images) {
    const tree = treeOwners(open, model)
    const { isOwner } = tree
    const { tree: files } = open.image
    for (let index = 0; index < files.count; index += 1) {
      if (isOwner[index] === 0) continue
      const entry = files.entry(index)
      const key = tree.keyOf(entry)
      const known = found.get(key)
      if (known === undefined || known.open.image.format.looksInside === 'files') {
        found.set(key, { key, model, open, tree, entry })
      } else if (isPackage(key) && rootOf(known.open) === rootOf(open)) {
        found.set(key, { ...known, otherLayers: [...(known.otherLayers ?? []), { open, tree, entry }] })
      }
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

const treeOwnersOf = oncePer((model: OwnerModel) => oncePer((open: OpenImage) => model.find(open)))

/** The owners of the entries of an image's tree. We look once. */
export function treeOwners(open: OpenImage, model: OwnerModel): TreeOwners {
  return treeOwnersOf(model)(open)
}
