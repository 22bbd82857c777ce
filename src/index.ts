export { FormatError } from '../parsers/bytes/errors.ts'
export { fileSource } from '../parsers/bytes/file-source.ts'
export { DEFAULT_LIMITS, type LimitName, type Limits } from '../parsers/bytes/limits.ts'
export type { Entry, FileTree, Image, StoredExtent, StoredRun } from '../parsers/image.ts'
export { type ListedEntry, listing } from './analyses/listing.ts'
export type { PlacedExtent } from './analyses/placed-extents.ts'
export {
  type Holding,
  type RegionRow,
  type Report,
  type ReportReferences,
  report,
  type StorePathRow,
} from './analyses/report.ts'
export { type StoreSizes, storeSizes } from './analyses/store-sizes.ts'
export { type RouteLine, type SmallestCut, type Why, why } from './analyses/why.ts'
export type { StoreGraph } from './graph/store-graph.ts'
export { ContentReader, contentSource } from './images/content-reader.ts'
export { type OpenImage, type OpenOptions, openImage, openSource } from './images/open-image.ts'
export { asFolder, childrenOf, type Resolved, resolvePath } from './images/resolve-path.ts'
export { type Account, type Attribution, attribute, type FilePlace } from './inventory/attribution.ts'
export type { ImageSummary } from './inventory/image-summary.ts'
export { type Inventory, type InventoryOptions, takeInventory } from './inventory/take-inventory.ts'
export type { Root } from './owners/nix/roots.ts'
export type { StoreReferences } from './owners/nix/store-references.ts'
