import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../../parsers/bytes/errors.ts'
import type { Report } from '../../analyses/report.ts'
import { neighbours, numberOfKey } from '../../graph/reference-graph.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { baseOfPath } from '../../owners/nix/store-path.ts'
import type { StoreReferences } from '../../owners/nix/store-references.ts'
import { printable } from '../text/printable.ts'
import { jsonText } from './json-text.ts'
import { named, otherNamesJson } from './named.ts'
import { rootsJson } from './roots.ts'
import { EntryWriter, type SavedFiles } from './saved-files.ts'

/** Name and version of the schema of `reportJson`; schemas/report.json describes it. */
export const REPORT_SCHEMA = 'isoscope/report@1'

/**
 * The report as JSON, in pieces: an image with many files has as many accounts, and its text may not fit into memory.
 * It includes the whole inventory, and read-report.ts can read it in place of the image.
 * @param report a report made from that inventory
 * @param files every entry of the image, to include these too
 */
export function* reportJson(report: Report, inventory: Inventory, files?: SavedFiles): Generator<string> {
  const { image, storeDirectory } = report
  const full = (base: ByteString): string => printable(`${storeDirectory}/${base}`)
  const { attribution, references } = inventory
  const writer = files === undefined ? undefined : new EntryWriter(files)
  const head = {
    schema: REPORT_SCHEMA,
    image: {
      ...image,
      volumeId: image.volumeId === null ? null : printable(image.volumeId),
      squashfs: image.squashfs.map(({ otherNames, ...squashfs }) => ({
        ...squashfs,
        path: printable(squashfs.path),
        ...otherNamesJson(otherNames),
      })),
    },
    regions: report.regions.map((region) => ({ ...region, ...named('name', region.name) })),
    ...referencesJson(report, inventory, full),
  }
  yield `${jsonText(head).slice(0, -1)},\n"accounts":[`
  yield* rows(
    report.accounts,
    ({ kind, name, otherNames, region, own, unpacked, files: count, storePath, places, morePlaces }) => ({
      kind,
      ...named(kind === 'storePath' || kind === 'file' ? 'path' : 'name', name),
      ...otherNamesJson(otherNames),
      ...(storePath === undefined ? {} : { storePath: full(storePath) }),
      ...named('region', region),
      own,
      unpacked,
      files: count,
      ...(places === undefined ? {} : { places }),
      ...(morePlaces === undefined ? {} : { morePlaces }),
    }),
  )
  yield '],\n"storePaths":['
  yield* rows(report.storePaths, (row) => {
    const base = baseOfPath(row.path)
    return {
      ...row,
      path: full(base),
      ownByRegion: Object.fromEntries(Object.entries(row.ownByRegion).map(([region, own]) => [printable(region), own])),
      ...(references === undefined ? {} : holdingJson(base, report, references, full)),
      ...(files === undefined ? {} : { entries: (files.stores.get(base) ?? []).map((file) => writer!.entry(file)) }),
    }
  })
  if (writer?.usual !== undefined) {
    yield `],\n"usual":${jsonText(writer.usual)},\n"outside":[`
    yield* rows([...writer.outside(files!.outside!)], (group) => group)
    yield `],\n"xattrSets":[`
    yield* rows(writer.xattrSets, (set) => set)
  }
  yield '],\n"shared":['
  const inStore = attribution.shared.filter((shared) => shared.storePaths.length > 0)
  yield* rows(inStore, (shared) => ({ ...shared, storePaths: shared.storePaths.map(full) }))
  const warnings = [
    ...attribution.warnings.map((warning) => warningJson(warning, 'image')),
    ...(references?.warnings ?? []).map((warning) => warningJson(warning, 'references')),
  ]
  yield `],\n"warnings":${jsonText(warnings)}}\n`
}

/** The full path of a base name, safe to print. */
type FullPath = (base: ByteString) => string

/** Facts about the references as a whole. */
function referencesJson(
  { references: told, storePaths }: Report,
  { references, boots }: Inventory,
  full: FullPath,
): object {
  const inImage = new Set(storePaths.map(({ path }) => baseOfPath(path)))
  const absent = references?.graph.keys.filter((base) => !inImage.has(base)) ?? []
  return {
    references: references?.origin ?? null,
    storeDirectory: references === undefined ? null : printable(references.storeDirectory),
    boots: [...boots].map(([path, files]) => ({ path: full(path), files: files.map(printable) })),
    roots: rootsJson(told?.roots ?? [], full),
    bestCuts: told?.bestCuts.map(({ from, to, bytes }) => ({ from: full(from), to: full(to), frees: bytes })) ?? [],
    absentPaths: absent.map((base) => ({ path: full(base), references: referencesOf(base, references!, full) })),
    incompletePaths: references?.incomplete.map((path) => full(references.graph.keys[path]!)) ?? [],
  }
}

function holdingJson(
  base: ByteString,
  { references: told }: Report,
  references: StoreReferences,
  full: FullPath,
): object {
  const { retained, closure, reached, referrers } = told!.holdings.get(base)!
  const narHash = references.narHashes.get(base)
  return {
    ...(narHash === undefined ? {} : { narHash }),
    retained,
    closure,
    reached,
    references: referencesOf(base, references, full),
    referrers: referrers.map(full),
  }
}

function referencesOf(base: ByteString, { graph }: StoreReferences, full: FullPath): string[] {
  return Array.from(neighbours(graph.references, numberOfKey(graph, base)), (path) => full(graph.keys[path]!))
}

function warningJson(warning: FormatError, about: 'image' | 'references'): object {
  return { ...warning.toJSON(), detail: warning.detail, about }
}

function* rows<T>(items: readonly T[], toJson: (item: T) => object): Generator<string> {
  let text = ''
  for (const [index, item] of items.entries()) {
    text += `${index === 0 ? '\n' : ',\n'}${jsonText(toJson(item))}`
    if (text.length > 1 << 16) {
      yield text
      text = ''
    }
  }
  yield text
}
