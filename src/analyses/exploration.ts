import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { closureSizes } from '../graph/closure-sizes.ts'
import { UNREACHABLE } from '../graph/dominator-tree.ts'
import { neighbours, referenceGraph } from '../graph/reference-graph.ts'
import type { OpenImage } from '../images/open-image.ts'
import { entrySizes } from '../inventory/entry-sizes.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Survey } from '../inventory/survey.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { fullName, hasPackages, packageIdOf, packageOf, splitKey } from '../owners/names.ts'
import type { Owner } from '../owners/owner.ts'
import { findRoots } from '../owners/roots.ts'
import type { Diff } from './diff.ts'
import { type DuplicatePackages, duplicatePackages } from './duplicate-packages.ts'
import { type Folder, folderOfFacts, folderOfImage, folderOfOwner, folderOfPaths } from './folder.ts'
import { type GraphSizes, graphSizes, sizesOfInventory } from './graph-sizes.ts'
import type { ReportRow } from './report-rows.ts'
import { sizedPaths } from './sized-paths.ts'

/** What an explorer asks of an image. Answers that take time are functions, for the moment that they are first shown. */
export interface Exploration {
  readonly inventory: Inventory
  /** Of all owners. Without known references the graph has none, and each owner is a root. */
  readonly sizes: GraphSizes
  readonly hasReferences: boolean
  /** Whether everything was read that counts for sizes and references. */
  readonly isWhole: boolean
  /** The owners as rows of a report, by their numbers. */
  readonly owners: readonly ReportRow[]
  /** What changed from an older image to this one; undefined if there is none. */
  readonly diff: Diff | undefined
  /** The whole image by its directories. A store path is one entry; the files of packages lie where they are. */
  imageFolder(): Folder
  /** Whether the sizes of all files are known: a saved report lacks those of files in owners. */
  readonly hasFiles: boolean
  /** The whole image with the files of store paths too. Without their sizes it is `imageFolder`. */
  filesFolder(): Folder
  /** The owners by the packages that they are of. */
  packages(): readonly OwnersOfPackage[]
  /** The files of an owner; undefined if a saved report lacks them. */
  ownerFolder(node: number): Folder | undefined
  duplicates(): Duplicates
}

/** A package, with the numbers of the owners that are of it: its outputs and versions, or its architectures. */
export interface OwnersOfPackage {
  readonly name: ByteString
  readonly owners: readonly number[]
}

/** What is there twice, as far as no contents need to be compared for it. */
export interface Duplicates extends DuplicatePackages {
  /** Owners and files in several images; undefined if a saved report lacks them. */
  readonly paidTwice: NonNullable<Inventory['twice']>['copies'] | undefined
}

/** @param survey the one that the inventory is from */
export function exploration(inventory: Inventory, survey: Survey, diff?: Diff): Exploration {
  const { attribution, references } = inventory
  const sizes =
    references === undefined ? sizesWithoutReferences(inventory, survey) : sizesOfInventory(inventory, references)
  const { keys } = sizes.graph
  return {
    inventory,
    sizes,
    hasReferences: references !== undefined,
    isWhole: attribution.complete && (references?.incomplete.length ?? 0) === 0,
    owners: ownerRows(inventory, sizes),
    diff,
    hasFiles: !inventory.isSaved || keys.length === 0,
    imageFolder: () => (hasPackages(inventory.kind) ? filesFolder(inventory, survey) : imageFolder(attribution)),
    filesFolder: () => filesFolder(inventory, survey),
    packages: () => packagesOf(keys),
    ownerFolder(node) {
      const key = keys[node]!
      if (inventory.isSaved) {
        const facts = survey.parts.files?.get(key)
        return facts === undefined ? undefined : folderOfFacts(facts)
      }
      const owner = survey.owners.get(key)
      return owner === undefined ? undefined : folderWithCopies(owner, survey.open, attribution)
    },
    duplicates: () => duplicatesIn({ inventory, survey, sizes }),
  }
}

function filesFolder({ attribution, isSaved }: Inventory, survey: Survey): Folder {
  const isTold = isSaved || ownerTotals(attribution.accounts).size === 0
  return isTold ? imageFolder(attribution) : foldersOfFiles(attribution)(survey.open)
}

const foldersOfFiles = oncePer(({ accounts }: Inventory['attribution']) =>
  oncePer((open: OpenImage) => folderOfPaths(sizedPaths(open, accounts), accounts)),
)

const packagesOf = oncePer((keys: readonly ByteString[]): readonly OwnersOfPackage[] => {
  const groups = new Map<string, number[]>()
  for (const [node, key] of keys.entries()) {
    const id = packageIdOf(key)
    const known = groups.get(id)
    if (known === undefined) groups.set(id, [node])
    else known.push(node)
  }
  return Array.from(groups.values(), (owners) => ({ name: packageOf(keys[owners[0]!]!).name, owners }))
})

const imageFolder = oncePer(({ accounts }: Inventory['attribution']) => folderOfImage(accounts))

/** The bytes of all entries take a while, so we find them out for the first owner that is opened. */
const entriesOfAccounts = oncePer(({ accounts }: Inventory['attribution']) =>
  oncePer((open: OpenImage) => entrySizes(open, accounts)),
)

function folderWithCopies(owner: Owner, open: OpenImage, attribution: Inventory['attribution']): Folder {
  const all = new Map(entriesOfAccounts(attribution)(open).map((some) => [some.open, some]))
  const parts = [owner, ...(owner.otherLayers ?? [])]
  const here = new Set(parts.map((part) => all.get(part.open)!.accountOf[part.entry.index]))
  const elsewhere = attribution.accounts.filter((account) => account.owner === owner.key && !here.has(account))
  return folderOfOwner(owner, (part) => all.get(part)!.own, elsewhere)
}

function duplicatesIn({
  inventory,
  survey,
  sizes,
}: {
  readonly inventory: Inventory
  readonly survey: Survey
  readonly sizes: GraphSizes
}): Duplicates {
  const known = inventory.references === undefined ? undefined : sizes
  return { ...duplicatePackages(inventory, known), paidTwice: survey.twice?.copies }
}

function sizesWithoutReferences({ attribution, boots }: Inventory, survey: Survey): GraphSizes {
  const graph = referenceGraph(survey.keys, [])
  return graphSizes(attribution, { graph }, findRoots(boots, graph))
}

function ownerRows({ attribution, directory, references }: Inventory, sizes: GraphSizes): readonly ReportRow[] {
  const { graph, retained, tree, own, unpacked } = sizes
  const totals = ownerTotals(attribution.accounts)
  const closure = closureSizes(graph, own)
  const isKnown = references !== undefined
  const isReached = (node: number): boolean => tree.parent[node] !== UNREACHABLE
  return graph.keys.map((key, node): ReportRow => {
    const { name, pname, version } = splitKey(key)
    const { files = 0, ownByRegion = {} } = totals.get(key) ?? {}
    const regions = Object.keys(ownByRegion)
    const referrers = [...neighbours(graph.referrers, node)].filter((other) => other !== node && isReached(other))
    return {
      ...{ kind: 'owner', key, name, path: fullName(directory, key), otherNames: [], pname, version },
      ...{ region: regions.length === 1 ? regions[0] : undefined, own: own[node]!, unpacked: unpacked[node]!, files },
      retained: isKnown ? retained[node]! : undefined,
      closure: isKnown ? closure[node]! : undefined,
      referrers: isKnown ? referrers.map((other) => graph.keys[other]!) : undefined,
      reached: isKnown ? isReached(node) : undefined,
    }
  })
}
