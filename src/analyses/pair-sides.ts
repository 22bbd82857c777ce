import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { neighbours } from '../graph/reference-graph.ts'
import type { FileFacts } from '../inventory/file-facts.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { type Match, type Matches, matchOwners } from './match-owners.ts'
import { packagesWithoutFiles } from './packages-without-files.ts'
import { type FilePairs, pairFiles } from './pair-files.ts'

/** Which parts of two images correspond. */
export interface Pairing extends Matches {
  /** The entries without an owner; undefined if we do not know them for one side. */
  readonly outside: FilePairs | undefined
  filesOf(match: Match): FilePairs
}

/** Matches the owners of two images, and the entries outside them. */
export function pairSides(before: Inventory, after: Inventory): Pairing {
  const pairs = new Map<Match, FilePairs>()
  return {
    ...matchOwners(matchSide(before, after), matchSide(after, before)),
    outside:
      before.outside === undefined || after.outside === undefined
        ? undefined
        : pairFiles(before.outside, after.outside),
    filesOf(match) {
      const known = pairs.get(match)
      if (known !== undefined) return known
      const made = pairFiles(filesIn(before, match.before), filesIn(after, match.after))
      pairs.set(match, made)
      return made
    },
  }
}

function filesIn({ files }: Inventory, owner: ByteString | undefined): readonly FileFacts[] {
  return (owner === undefined ? undefined : files?.get(owner)) ?? []
}

function matchSide(inventory: Inventory, other: Inventory) {
  const { attribution, references, files = new Map() } = inventory
  const graph = references?.graph
  const isLeaf = (_: ByteString, path: number): boolean => neighbours(graph!.references, path).length === 0
  return {
    owners: [...ownerTotals(attribution.accounts).keys(), ...comparablePackages(inventory, other)],
    files,
    contentHashes: references?.contentHashes ?? new Map<ByteString, string>(),
    leaves: new Set(graph?.keys.filter(isLeaf)),
  }
}

/**
 * The packages without files that take part. One that has files in the other image lost them, so all of it is gone. Without
 * references we know of no packages without files, so they are not new, and not gone.
 */
function comparablePackages(inventory: Inventory, other: Inventory): readonly ByteString[] {
  if (inventory.references === undefined || other.references === undefined) return []
  const withFiles = ownerTotals(other.attribution.accounts)
  return packagesWithoutFiles(inventory).filter((key) => !withFiles.has(key))
}
