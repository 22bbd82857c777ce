export { fileSource } from '#platform/file-source'
export { type ByteString, byteStringOfText, textOf } from '../parsers/bytes/byte-string.ts'
export { type ErrorCode, FormatError, type FormatErrorFacts } from '../parsers/bytes/errors.ts'
export { DEFAULT_LIMITS, type LimitName, type Limits } from '../parsers/bytes/limits.ts'
export { type ByteSource, bytesSource, type Origin } from '../parsers/bytes/source.ts'
export type { Entry, FileTree, FormatTraits, Image, StoredExtent, StoredRun } from '../parsers/image.ts'
export type { Hint, HintTable } from './analyses/advise/hint.ts'
export { HINT_TABLE } from './analyses/advise/hint-table.ts'
export { type Advice, type AdviceItem, advise } from './analyses/advise.ts'
export { type Check, type CheckResult, check } from './analyses/check.ts'
export { type ComparedContents, compareMatched } from './analyses/compare-contents.ts'
export { type Diff, type DiffBy, type DiffRow, diff, isEmptyDiff } from './analyses/diff.ts'
export { diffFiles, type FileDiffRow, type FileSide } from './analyses/diff-files.ts'
export {
  type DuplicateCopy,
  type DuplicatePackage,
  type DuplicatePath,
  duplicatePackages,
} from './analyses/duplicate-packages.ts'
export { type Duplicates, duplicates } from './analyses/duplicates.ts'
export { type ExportedGraph, type ExportedNode, exportedGraph } from './analyses/exported-graph.ts'
export { type GraphSizes, graphSizes } from './analyses/graph-sizes.ts'
export type { Grouping } from './analyses/grouping.ts'
export { type ListedEntry, listing } from './analyses/listing.ts'
export { type Pairing, pairSides } from './analyses/pair-sides.ts'
export { type PlacedExtent, placedExtents } from './analyses/placed-extents.ts'
export { type ReferenceRow, referenceRows } from './analyses/references.ts'
export {
  type Holding,
  type OwnerRow,
  type RegionRow,
  type Report,
  type ReportReferences,
  report,
} from './analyses/report.ts'
export { type ReportRow, reportRows } from './analyses/report-rows.ts'
export type { Exception, Rule, Subject } from './analyses/rules.ts'
export { type Sbom, type SbomComponent, sbom } from './analyses/sbom.ts'
export type { CheckSide } from './analyses/subject-parts.ts'
export { type DiffSummary, type DiffSummaryOptions, summariseDiff } from './analyses/summarise-diff.ts'
export { dominatorRows, type TreeOptions, type TreeRow } from './analyses/tree.ts'
export { type Verification, type VerifiedOwner, verify } from './analyses/verify.ts'
export { type RouteLine, type SmallestCut, type Why, type WhyOptions, why } from './analyses/why.ts'
export { type WhyDependsLine, type WhyDependsQuestion, whyDepends } from './analyses/why-depends.ts'
export type { Cut } from './graph/cuts.ts'
export { neighbours, numberOfKey, type Reference, type ReferenceGraph } from './graph/reference-graph.ts'
export { ContentReader, contentSource } from './images/content-reader.ts'
export { type OpenImage, type OpenOptions, openImage, openSource } from './images/open-image.ts'
export { asFolder, childrenOf, type Resolved, resolvePath } from './images/resolve-path.ts'
export type { Application, ApplicationImage } from './inventory/applications/application.ts'
export { type Account, type Attribution, attribute, type FilePlace } from './inventory/attribution.ts'
export type { ImageSummary } from './inventory/image-summary.ts'
export {
  type FoundChecksum,
  type Integrity,
  type ReadFiles,
  type ReadOwner,
  takeIntegrity,
} from './inventory/integrity.ts'
export type { OperatingSystem } from './inventory/operating-system.ts'
export { findSameContents, type SameContent, type SameContents } from './inventory/same-contents.ts'
export {
  type Inventory,
  type InventoryOptions,
  takeInventory,
  takeInventoryOf,
} from './inventory/take-inventory.ts'
export { findOwners } from './owners/find-owners.ts'
export { fullName, fullNameOf, nameOf, packageOf, splitKey } from './owners/names.ts'
export type {
  ContentName,
  ContentNames,
  Owner,
  OwnerModel,
  OwnerName,
  PackageName,
  TreeOwners,
} from './owners/owner.ts'
export type { References } from './owners/references.ts'
export type { Root } from './owners/roots.ts'
export { dotExport } from './present/export/dot.ts'
export { graphmlExport } from './present/export/graphml.ts'
export { checkJson } from './present/json/check.ts'
export { diffJson } from './present/json/diff.ts'
export { duplicatesJson } from './present/json/duplicates.ts'
export { ReportError, readInventory } from './present/json/read-report.ts'
export { reportJson } from './present/json/report.ts'
export { treeJson } from './present/json/tree.ts'
export { verifyJson } from './present/json/verify.ts'
export type { MarkdownOptions } from './present/markdown/cell.ts'
export { sectionsMarkdown } from './present/markdown/sections.ts'
export { type ModuleOptions, moduleText } from './present/nix/module.ts'
export { cyclonedx } from './present/sbom/cyclonedx.ts'
export type { SbomFacts } from './present/sbom/sbom-facts.ts'
export { spdx } from './present/sbom/spdx.ts'
export { headLine, type RowFormat, rowLine } from './present/tables/rows.ts'
export { ownerLabels } from './present/text/owner-labels.ts'
export { printable } from './present/text/printable.ts'
export { sectionsText } from './present/text/sections.ts'
export { PLAIN, type TextStyle } from './present/text/style.ts'
export { type WhyDependsStyle, whyDependsLine } from './present/text/why-depends.ts'
export { formatBytes, type Unit } from './present/units.ts'
export type { Cell, ChainCell, ExcerptCell, Line, Lines, NameCell, Words } from './views/cell.ts'
export { type CheckContext, checkView } from './views/check.ts'
export type { Choice } from './views/choice.ts'
export type { Column, ColumnHead } from './views/column.ts'
export { type DiffChoice, type DiffPaths, diffView } from './views/diff.ts'
export { type DuplicatesContext, duplicatesView } from './views/duplicates.ts'
export { OWNER_SORT_KEYS, ownerColumns } from './views/owners.ts'
export { type ReportChoices, reportColumns, reportSections } from './views/report.ts'
export type { Branch, Fact, Facts, Listing, Section, Sides, Table, TableRow, Tree, Verdict } from './views/section.ts'
export { type TreeViewContext, treeView } from './views/tree.ts'
export { type VerifyContext, verifyView } from './views/verify.ts'
