import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { FormatError } from '../../../parsers/bytes/errors.ts'
import type { InsideRow } from '../../analyses/inside-rows.ts'
import type { OwnerRow, Report } from '../../analyses/report.ts'
import { neighbours, numberOfKey } from '../../graph/reference-graph.ts'
import type { Account } from '../../inventory/attribution.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { fullName, hasPackages, isPackage } from '../../owners/names.ts'
import type { OwnerRole } from '../../owners/reference-kind.ts'
import type { References } from '../../owners/references.ts'
import { kindWord } from '../../views/owners.ts'
import { printable } from '../text/printable.ts'
import { contentJson } from './content-name.ts'
import { jsonRows, jsonText } from './json-text.ts'
import { named, otherNamesJson, setNamed } from './named.ts'
import { ownerJson } from './owner.ts'
import { ownerCountsJson } from './owner-counts.ts'
import { paidTwiceJson } from './paid-twice.ts'
import { rootJson } from './roots.ts'
import { sameContentJson, storedOnceJson } from './same-contents.ts'
import { EntryWriter, type SavedFiles } from './saved-files.ts'

/** Name and version of the schema of `reportJson`; schemas/report.json describes it. */
export const REPORT_SCHEMA = 'isoscope/report@2'

/**
 * The report as JSON, in pieces: an image with many files has as many accounts, and its text may not fit into memory.
 * It includes the whole inventory, and read-report.ts can read it in place of the image.
 * @param report a report made from that inventory
 * @param files every entry of the image, to include these too
 */
export function* reportJson(report: Report, inventory: Inventory, files?: SavedFiles): Generator<string> {
  const { image, directory } = report
  const full = (key: ByteString): string => printable(fullName(directory, key))
  const { attribution, references } = inventory
  const writer = files === undefined ? undefined : new EntryWriter(files)
  const head = {
    schema: REPORT_SCHEMA,
    ownerKind: inventory.kind,
    image: imageJson(image),
    regions: report.regions.map(({ owners, packages, ...region }) => ({
      ...region,
      ...ownerCountsJson(owners, packages),
      ...named('name', region.name),
    })),
    ...referencesJson(report, inventory, full),
  }
  yield `${jsonText(head).slice(0, -1)},\n"accounts":[`
  yield* jsonRows(report.accounts, (account) => accountJson(account, full))
  yield '],\n"storePaths":['
  const rowJson = ({ key, path: _, name, pname, version, ...sizes }: OwnerRow): object => ({
    ...ownerJson(key, directory),
    ...(isPackage(key) ? {} : { name, pname, version }),
    ...sizes,
    ...contentJson(report.contentNames?.get(key)),
    ownByRegion: Object.fromEntries(Object.entries(sizes.ownByRegion).map(([region, own]) => [printable(region), own])),
    ...(references === undefined ? {} : holdingJson(key, report, references, full)),
    ...roleJson(inventory.composition?.roles.get(key)),
    ...(files === undefined ? {} : { entries: (files.owned.get(key) ?? []).map((file) => writer!.entry(file)) }),
  })
  yield* jsonRows(
    report.owners.filter(({ key }) => !isPackage(key)),
    rowJson,
  )
  if (hasPackages(inventory.kind)) {
    yield `],\n"unowned":${jsonText(report.unowned)},\n"packages":[`
    yield* jsonRows(
      report.owners.filter(({ key }) => isPackage(key)),
      rowJson,
    )
  }
  if (writer?.usual !== undefined) {
    yield `],\n"usual":${jsonText(writer.usual)},\n"outside":[`
    yield* jsonRows([...writer.outside(files!.outside!)], (group) => group)
    yield `],\n"xattrSets":[`
    yield* jsonRows(writer.xattrSets, (set) => set)
  }
  yield '],\n"inside":['
  yield* jsonRows(report.inside, (image) => insideJson(image, full))
  yield '],\n"paidTwice":['
  yield* jsonRows(report.paidTwice, (copy) => paidTwiceJson(copy, directory))
  const { packages, saved } = report.duplicates
  if (report.equal !== undefined) {
    yield '],\n"identicalFiles":['
    yield* jsonRows(report.equal.identical, (content) => sameContentJson(content, directory))
    yield '],\n"storedOnce":['
    yield* jsonRows(report.equal.storedOnce, storedOnceJson)
  }
  yield `],\n"comparedAll":${report.comparedAll},\n"duplicates":${jsonText({ packageCount: packages, saves: saved ?? null })},\n`
  if (report.hidden !== undefined) {
    yield '"hiddenReferences":['
    yield* jsonRows(report.hidden, ({ from, to, path, kind, offset }) => ({
      from: full(from),
      to: full(to),
      ...named('file', path),
      kind,
      offset,
    }))
    yield '],\n'
  }
  yield '"shared":['
  const inStore = attribution.shared.filter((shared) => shared.owners.length > 0)
  yield* jsonRows(inStore, ({ owners, ...shared }) => ({ owners: owners.map(full), ...shared }))
  const warnings = [
    ...attribution.warnings.map((warning) => warningJson(warning, 'image')),
    ...(inventory.inside?.warnings ?? []).map((warning) => warningJson(warning, 'inside')),
    ...(inventory.twice?.warnings ?? []).map((warning) => warningJson(warning, 'inside')),
    ...(inventory.equal?.warnings ?? []).map((warning) => warningJson(warning, 'inside')),
    ...(references?.warnings ?? []).map((warning) => warningJson(warning, 'references')),
    ...(inventory.hidden?.warnings ?? []).map((warning) => warningJson(warning, 'compressed')),
  ]
  yield `],\n"warnings":${jsonText(warnings)}}\n`
}

/** We set the keys one by one, because half a million accounts with merged objects take twice the time. */
function accountJson(account: Account, full: FullName): object {
  const { kind, name, otherNames, region, own, unpacked, files, owner, inLayers, places, morePlaces } = account
  const json: Record<string, unknown> = { kind: kindWord(kind, owner) }
  setNamed(json, kind === 'owner' || kind === 'file' ? 'path' : 'name', name)
  if (otherNames !== undefined) Object.assign(json, otherNamesJson(otherNames))
  if (owner !== undefined) json[isPackage(owner) ? 'package' : 'storePath'] = full(owner)
  setNamed(json, 'region', region)
  json['own'] = own
  json['unpacked'] = unpacked
  json['files'] = files
  if (inLayers !== undefined) json['inLayers'] = inLayers
  if (places !== undefined) json['places'] = places
  if (morePlaces !== undefined) json['morePlaces'] = morePlaces
  return json
}

function insideJson(
  { path, otherNames, format, facts, size, own, accounts, owners, packages }: InsideRow,
  full: FullName,
): object {
  const shown = Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? printable(fact) : fact])
  return {
    ...named('path', path),
    ...otherNamesJson(otherNames),
    format,
    facts: Object.fromEntries(shown),
    size,
    own,
    accounts: accounts.map((account) => accountJson(account, full)),
    ...ownerCountsJson(owners, packages),
  }
}

function imageJson({ volumeId, label, squashfs, systems, owners, packages, complete, ...rest }: ImageSummary): object {
  return {
    ...rest,
    volumeId: volumeId === null ? null : printable(volumeId),
    label,
    ...(systems === undefined
      ? {}
      : { systems: systems.map(({ path, ...one }) => ({ path: printable(path), ...one })) }),
    squashfs: squashfs.map(({ otherNames, ...inside }) => ({
      ...inside,
      path: printable(inside.path),
      ...otherNamesJson(otherNames),
    })),
    ...ownerCountsJson(owners, packages),
    complete,
  }
}

/** The full name of an owner, safe to print. */
type FullName = (key: ByteString) => string

/** Facts about the references as a whole. */
function referencesJson(
  { references: about, owners }: Report,
  { references, composition, boots, kind, directory }: Inventory,
  full: FullName,
): object {
  // Packages without files are in the graph alone.
  const inImage = new Set(owners.flatMap(({ key, ownByRegion }) => (Object.keys(ownByRegion).length > 0 ? [key] : [])))
  const absent = references?.graph.keys.filter((key) => !inImage.has(key)) ?? []
  const incomplete = references?.incomplete.map((path) => references.graph.keys[path]!) ?? []
  const referencesOfIt = (key: ByteString): object => ({ references: referencesOf(key, references!, full) })
  return {
    referencesFrom: references?.origin ?? null,
    storeDirectory: references === undefined ? null : printable(references.directory),
    boots: [...boots].map(([path, files]) => ({ path: full(path), configurations: files.map(printable) })),
    roots: about?.roots.map((root) => rootJson(root, root.owner, directory)) ?? [],
    bestCuts:
      about?.bestCuts.map(({ from, to, bytes }) => ({
        from: full(from[0]!),
        to: full(to),
        removes: from.map((referrer) => ({ from: full(referrer), to: full(to) })),
        frees: bytes,
      })) ?? [],
    ...(about?.byChance === undefined
      ? {}
      : { byChance: about.byChance.map(({ from, to }) => ({ from: full(from), to: full(to) })) }),
    ...(composition === undefined
      ? {}
      : {
          ...(composition.weak === undefined
            ? {}
            : { weakReferences: composition.weak.map(({ from, to }) => ({ from: full(from), to: full(to) })) }),
          systemMentions: composition.mentions.map(({ from, to, path }) => ({
            from: full(from),
            to: full(to),
            ...named('file', path),
          })),
        }),
    absentPaths: absent.filter((key) => !isPackage(key)).map((key) => ({ path: full(key), ...referencesOfIt(key) })),
    incompletePaths: incomplete.filter((key) => !isPackage(key)).map(full),
    ...(hasPackages(kind)
      ? {
          absentPackages: absent.filter(isPackage).map((key) => ({ key: full(key), ...referencesOfIt(key) })),
          incompletePackages: incomplete.filter(isPackage).map(full),
        }
      : {}),
  }
}

function holdingJson(key: ByteString, { references: about }: Report, references: References, full: FullName): object {
  const { retained, closure, reached, referrers } = about!.holdings.get(key)!
  const narHash = references.contentHashes.get(key)
  const source = references.sources?.get(key)
  return {
    ...(narHash === undefined ? {} : { narHash }),
    ...(source === undefined ? {} : { source: printable(source) }),
    retained,
    closure,
    reached,
    references: referencesOf(key, references, full),
    referrers: referrers.map(full),
  }
}

function referencesOf(key: ByteString, { graph }: References, full: FullName): string[] {
  return Array.from(neighbours(graph.references, numberOfKey(graph, key)), (path) => full(graph.keys[path]!))
}

/** The role of a store path; none for a package. */
function roleJson(role: OwnerRole | undefined): { role?: OwnerRole } {
  return role === undefined ? {} : { role }
}

function warningJson(warning: FormatError, about: 'image' | 'inside' | 'references' | 'compressed'): object {
  return { ...warning.toJSON(), detail: warning.detail, about }
}
