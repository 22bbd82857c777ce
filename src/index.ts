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
export { ContentReader, contentSource } from './image/content-reader.ts'
export { type OpenImage, type OpenOptions, openImage, openSource } from './image/open-image.ts'
export { asFolder, childrenOf, type Resolved, resolvePath } from './image/resolve-path.ts'
export { type Inventory, type InventoryOptions, takeInventory } from './scan/take-inventory.ts'
export { type Account, type Attribution, attribute, type FilePlace } from './store/attribution.ts'
export type { ImageSummary } from './store/image-summary.ts'
export type { Root } from './store/roots.ts'
export type { StoreGraph } from './store/store-graph.ts'
export type { StoreReferences } from './store/store-references.ts'
