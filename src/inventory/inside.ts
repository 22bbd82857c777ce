import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { hardLinksOf, type Image, type ImagePart, pathBuilder } from '../../parsers/image.ts'
import { pathOfPart } from '../images/image-parts.ts'
import type { OpenImage } from '../images/open-image.ts'
import { type Costs, costsOfRanges } from '../ledger/costs.ts'
import { costsIn } from '../ledger/costs-in.ts'
import { storedSizes } from '../ledger/stored-sizes.ts'
import {
  type Account,
  type Attribution,
  type Breakdown,
  breakDown,
  type ImageInside,
  isBesideTree,
} from './attribution.ts'

/**
 * An image that has one account in the report, and what is in it: a file, such as an initrd, or a part of a disc outside
 * its tree.
 */
export interface InsideImage {
  /** The path of the file, or of the part: "/[EFI boot image, not in the tree]". */
  readonly path: ByteString
  /** Its other paths, if the file is hard-linked. */
  readonly otherNames?: readonly ByteString[]
  /** The name of its format: "initrd". */
  readonly format: string
  readonly facts: Image['facts']
  /** Bytes of content of the file, or of the part. */
  readonly size: number
  /**
   * The bytes that the file takes in the outermost image. Files of the tree may own some bytes of a part; these do not
   * count here.
   */
  readonly own: number
  /** What these bytes are for. They add up to `own`; names begin with `path`. */
  readonly accounts: readonly Account[]
}

/**
 * The images in files of an image, at every depth, that have one account in the report, and the images in these. The
 * others have accounts in the report.
 */
export interface Inside {
  readonly images: readonly InsideImage[]
  readonly warnings: readonly FormatError[]
  /** Whether we could read all of them. */
  readonly complete: boolean
}

/**
 * Looks into all files that we try without being asked, into the parts of the image outside its tree, and into the
 * images in them.
 * @param attribution is asked for only if a part outside the tree holds an image
 */
export function insideOf(open: OpenImage, attribution: () => Attribution): Inside {
  const images: InsideImage[] = []
  const warnings: FormatError[] = []
  let complete = true
  const met = new Set<OpenImage>()
  const tell = ({ problems }: OpenImage): void => {
    for (const warning of problems.warnings) warnings.push(warning)
    complete &&= problems.complete
  }
  const add = (image: InsideImage, { images: below, warnings: found }: Breakdown): void => {
    images.push(image, ...imagesByAccounts(below, image.accounts))
    for (const warning of found) warnings.push(warning)
  }
  /** @param isInReport whether the holder has accounts in the report, which then tells its problems */
  const visit = (holder: OpenImage, holderPath: ByteString, isInReport: boolean): void => {
    const { tree } = holder.image
    const links = hardLinksOf(tree)
    const pathOf = pathBuilder(tree, holderPath)
    for (const index of holder.tried) {
      const ownAccounts = holder.inside(index)
      const nested = ownAccounts ?? holder.insideFile(index)
      if (nested === undefined || met.has(nested)) continue
      met.add(nested)
      const path = pathOf(index)
      if (ownAccounts === undefined) {
        const names = links.get(tree.identities[index]!) ?? []
        const own = storedSizes(holder).ofFile(index)
        const breakdown = breakDown(nested, path, own)
        const { accounts } = breakdown
        const { format, facts } = nested.image
        const otherNames = names.length > 1 ? { otherNames: names.slice(1).map(pathOf) } : {}
        const size = tree.sizes[index]!
        add({ path, ...otherNames, format: format.name, facts, size, own, accounts }, breakdown)
      }
      const isTold = isInReport && ownAccounts !== undefined
      if (!isTold) tell(nested)
      visit(nested, path, isTold)
    }
    // Those of files that begin like an image, and that we could not open.
    for (const problem of holder.nestedProblems) warnings.push(problem)
    complete &&= holder.nestedProblems.length === 0
  }
  for (const part of open.image.parts ?? []) {
    const nested = open.insidePart(part)
    const account = nested && attribution().accounts.find((other) => isBesideTree(other) && other.name === part.name)
    if (nested === undefined || account === undefined) continue
    const path = pathOfPart(part)
    const { own } = account
    const breakdown = breakDown(nested, path, own, costsOfPart(nested, part, account))
    const { format, facts } = nested.image
    add({ path, format: format.name, facts, size: part.size, own, accounts: breakdown.accounts }, breakdown)
    tell(nested)
    visit(nested, path, false)
  }
  visit(open, '', true)
  return { images, warnings, complete }
}

/** Images with their accounts, out of accounts of all of them and of others. */
export function imagesByAccounts(images: readonly ImageInside[], accounts: readonly Account[]): InsideImage[] {
  const byRegion = new Map<ByteString, Account[]>()
  for (const account of images.length === 0 ? [] : accounts) {
    const known = byRegion.get(account.region)
    if (known === undefined) byRegion.set(account.region, [account])
    else known.push(account)
  }
  return images.map(({ path, otherNames, format, facts, size }) => {
    // An image includes the images in it, whose regions begin with its path.
    const mine = [...byRegion].flatMap(([region, some]) =>
      region === path || region.startsWith(`${path}/`) ? some : [],
    )
    const own = mine.reduce((sum, account) => sum + account.own, 0)
    return { path, ...(otherNames === undefined ? {} : { otherNames }), format, facts, size, own, accounts: mine }
  })
}

/**
 * What the bytes of a part cost: nothing where they belong to files of the tree. If we do not know all places of its own
 * bytes, all of its bytes share in them.
 */
function costsOfPart(nested: OpenImage, part: ImagePart, account: Account): Costs | undefined {
  const { own, places, morePlaces = 0 } = account
  const isWhole = own === part.size
  if (isWhole || places === undefined || morePlaces > 0 || nested.image.source.size !== part.size)
    return costsIn(nested)
  return costsOfRanges(
    places.map(({ offset, innerOffset = offset, length }) => [
      innerOffset - part.offset,
      innerOffset - part.offset + length,
    ]),
  )
}
