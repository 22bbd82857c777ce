import { type ByteString, byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import { neighbours, numberOfKey } from '../graph/reference-graph.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import type { OperatingSystem } from '../inventory/operating-system.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { modelOfKey } from '../owners/models.ts'
import { referenceKey } from '../owners/named-reference.ts'
import { fullName, hashOf, isPackage, packageOf, splitKey } from '../owners/names.ts'
import { sizesOfInventory } from './graph-sizes.ts'
import { nixUrl, packageUrl } from './package-url.ts'
import { packagesWithoutFiles } from './packages-without-files.ts'

/** A package or store path of a bill of materials. */
export interface SbomComponent {
  readonly key: ByteString
  /** Its name in the image, and in the bill: "/nix/store/hash-name", "dpkg:bash:amd64=5.2". */
  readonly path: ByteString
  readonly name: ByteString
  /** '' if it has none. */
  readonly version: ByteString
  /** Absent for what is no package: a store path that the configuration made. */
  readonly purl?: string
  /** The SHA-256 of its NAR, in hexadecimal, if the image declares it. */
  readonly narHash?: string
  /** The operating system that the package is of, by its number among those of the bill; absent if none is known. */
  readonly system?: number
  /** Whether it is a store path. */
  readonly isStorePath: boolean
  /** Where it is: the paths of a store path, or the regions that have files of a package. */
  readonly places: readonly ByteString[]
  /** Bytes in the image. */
  readonly own: number
  readonly unpacked: number
  /** Bytes that go away with it; absent without references. */
  readonly retained?: number
  /** The keys of the components that it needs. */
  readonly needs: readonly ByteString[]
  /** The keys of those that it can do without, such as packages that it recommends. */
  readonly recommends: readonly ByteString[]
}

/** A bill of materials: what an image consists of, and what needs what. */
export interface Sbom {
  readonly image: ImageSummary
  /** The operating systems in it, that of most owners first. */
  readonly systems: readonly OperatingSystem[]
  /** In the order of their keys. */
  readonly components: readonly SbomComponent[]
  /** The keys of the components that the image is for: those that its roots are, and those that a user selected. */
  readonly roots: readonly ByteString[]
}

/** The bill of materials of an image, from its packages and store paths. Files without an owner are not in it. */
export function sbom(inventory: Inventory): Sbom {
  const { references, attribution, composition, image } = inventory
  const all = [...ownerTotals(attribution.accounts).keys(), ...packagesWithoutFiles(inventory)]
  const isInstalled = (key: ByteString): boolean => composition?.roles.get(key) !== 'leftover'
  const keys = all.filter(isInstalled).sort()
  const known = new Set(keys)
  const referencesOf = (key: ByteString): readonly ByteString[] => {
    const node = references === undefined ? -1 : numberOfKey(references.graph, key)
    if (references === undefined || node < 0) return []
    const { graph } = references
    return Array.from(neighbours(graph.references, node), (other) => graph.keys[other]!)
  }
  const needed = inventory.roots.map(({ node }) => references!.graph.keys[node]!)
  return {
    image,
    systems: systemsOf(image),
    components: componentsOf(inventory, keys, (key) =>
      referencesOf(key).filter((other) => other !== key && known.has(other)),
    ),
    roots: [...new Set(needed.flatMap((key) => (known.has(key) ? [key] : referencesOf(key))))].sort(),
  }
}

function componentsOf(
  inventory: Inventory,
  keys: readonly ByteString[],
  referencesOf: (key: ByteString) => readonly ByteString[],
): readonly SbomComponent[] {
  const { references, attribution, directory, composition, image } = inventory
  const totals = ownerTotals(attribution.accounts)
  const retained = retainedByKey(inventory)
  const places = placesByKey(inventory)
  const systems = systemsOf(image)
  const weak = new Set((composition?.weak ?? []).map(referenceKey))
  return keys.map((key) => {
    const { own = 0, unpacked = 0 } = totals.get(key) ?? {}
    const narHash = references?.contentHashes.get(key)
    const others = referencesOf(key).map((to) => ({ to, isWeak: weak.has(referenceKey({ from: key, to })) }))
    const source = references?.sources?.get(key)
    const its = places.get(key) ?? []
    const os = isPackage(key) ? systemAt(its, image) : undefined
    return {
      key,
      path: fullName(directory, key),
      ...(isPackage(key) ? packageParts(key, source, os) : storePathParts(key, inventory)),
      ...(narHash === undefined ? {} : { narHash }),
      ...(os === undefined ? {} : { system: systems.findIndex((one) => isSameSystem(one, os)) }),
      isStorePath: !isPackage(key),
      places: its,
      own,
      unpacked,
      ...(retained === undefined ? {} : { retained: retained.get(key) ?? 0 }),
      needs: others.filter(({ isWeak }) => !isWeak).map(({ to }) => to),
      recommends: others.filter(({ isWeak }) => isWeak).map(({ to }) => to),
    }
  })
}

type Parts = Pick<SbomComponent, 'name' | 'version' | 'purl'>

/** The operating systems in an image, each once. */
function systemsOf({ os, systems = [] }: ImageSummary): readonly OperatingSystem[] {
  const all = [...(os === undefined ? [] : [os]), ...systems.flatMap(({ os: other }) => other ?? [])]
  return all.filter((one, at) => all.findIndex((other) => isSameSystem(one, other)) === at)
}

function isSameSystem(one: OperatingSystem, other: OperatingSystem): boolean {
  return one.id === other.id && one.versionId === other.versionId
}

/** The system that has a package in some images; of several systems the first one. */
function systemAt(places: readonly ByteString[], { os, systems }: ImageSummary): OperatingSystem | undefined {
  if (systems === undefined) return os
  return systems.find(({ path, os: its }) => its !== undefined && places.includes(path))?.os
}

function packageParts(key: ByteString, source: ByteString | undefined, os: OperatingSystem | undefined): Parts {
  const { name, version, output: architecture } = packageOf(key)
  const purl = packageUrl(modelOfKey(key)!.kind, { name, version, architecture, source }, os)
  return { name, version, ...(purl === undefined ? {} : { purl }) }
}

/** The outputs that packages of nixpkgs have besides the one without a name. */
const OUTPUT = /-(bin|debug|dev|devdoc|devman|dist|doc|getent|info|lib|man|static)$/

function storePathParts(key: ByteString, { composition, contentNames }: Inventory): Parts {
  const content = contentNames?.get(key)
  const { pname, version: whole = '' } = splitKey(key)
  const output = OUTPUT.exec(whole)?.[1] ?? ''
  const version = output === '' ? whole : whole.slice(0, -output.length - 1)
  if (composition?.roles.has(key) === true || (version === '' && content === undefined)) return { name: pname, version }
  if (content === undefined) return { name: pname, version, purl: nixUrl(pname, version, output, hashOf(key)) }
  const [name, its] = [content.name, content.version ?? ''].map(byteStringOfText) as [ByteString, ByteString]
  return { name, version: its, purl: nixUrl(name, its, output, hashOf(key)) }
}

function placesByKey({ attribution }: Inventory): ReadonlyMap<ByteString, readonly ByteString[]> {
  const found = new Map<ByteString, Set<ByteString>>()
  for (const { owner, name, region } of attribution.accounts) {
    if (owner === undefined) continue
    const places = found.get(owner) ?? new Set()
    found.set(owner, places.add(isPackage(owner) ? region : name))
  }
  return new Map(Array.from(found, ([key, places]) => [key, [...places].sort()]))
}

function retainedByKey(inventory: Inventory): ReadonlyMap<ByteString, number> | undefined {
  const { references } = inventory
  if (references === undefined) return undefined
  const { retained } = sizesOfInventory(inventory, references)
  return new Map(references.graph.keys.map((key, node) => [key, retained[node]!]))
}
