import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../parsers/bytes/errors.ts'
import { hardLinksOf, type Image, pathBuilder } from '../../parsers/image.ts'
import type { OpenImage } from '../images/open-image.ts'
import { storedSizes } from '../ledger/stored-sizes.ts'
import { type Account, breakDown } from './attribution.ts'

/** A file that is an image and has one account in the report, such as an initrd, and what is in it. */
export interface InsideImage {
  /** The path of the file. */
  readonly path: ByteString
  /** Its other paths, if the file is hard-linked. */
  readonly otherNames?: readonly ByteString[]
  /** The name of its format: "initrd". */
  readonly format: string
  readonly facts: Image['facts']
  /** Bytes of content of the file. */
  readonly size: number
  /** The bytes that the file takes in the outermost image. */
  readonly own: number
  /** What these bytes are for. They add up to `own`; names begin with `path`. */
  readonly accounts: readonly Account[]
}

/** The images in files of an image, at every depth, that have one account in the report. */
export interface Inside {
  readonly images: readonly InsideImage[]
  readonly warnings: readonly FormatError[]
  /** Whether we could read all of them. */
  readonly complete: boolean
}

/** Looks into all files that we try without being asked, and into the images in them. */
export function insideOf(open: OpenImage): Inside {
  const images: InsideImage[] = []
  const warnings: FormatError[] = []
  let complete = true
  const met = new Set<OpenImage>()
  const visit = (holder: OpenImage, holderPath: ByteString): void => {
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
        const { accounts, warnings: found } = breakDown(nested, path, own)
        const { image } = nested
        images.push({
          path,
          ...(names.length > 1 ? { otherNames: names.slice(1).map(pathOf) } : {}),
          format: image.format.name,
          facts: image.facts,
          size: tree.sizes[index]!,
          own,
          accounts,
        })
        for (const warning of [...nested.problems.warnings, ...found]) warnings.push(warning)
        complete &&= nested.problems.complete
      }
      visit(nested, path)
    }
    // Those of files that begin like an image, and that we could not open.
    for (const problem of holder.nestedProblems) warnings.push(problem)
    complete &&= holder.nestedProblems.length === 0
  }
  visit(open, '')
  return { images, warnings, complete }
}
