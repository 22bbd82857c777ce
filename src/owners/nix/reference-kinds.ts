import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { neighbours, numberOfKey, type Reference, type ReferenceGraph } from '../../graph/reference-graph.ts'
import type { Composition, OwnerRole, ReferenceKind, ReferenceKinds } from '../reference-kind.ts'
import { nameOfBase, splitBase } from './store-path.ts'

/**
 * The links at the top of a NixOS system without which it is none (nixpkgs: nixos/modules/system/activation/top-level.nix,
 * nixos/modules/system/boot/kernel.nix), and the files that every boot reads. Those of a system of Guix, too (Guix:
 * gnu/system.scm, operating-system-directory-base-entries; gnu/services.scm).
 */
const PARTS_OF_SYSTEM = new Set<ByteString>([
  'kernel',
  'initrd',
  'kernel-modules',
  'firmware',
  'dtbs',
  'etc',
  'etc-basedir',
  'etc-metadata-image',
  'sw',
  'systemd',
  'init',
  'prepare-root',
  'boot.json',
  'boot',
  'hurd',
  'locale',
  'parameters',
  'profile',
])
/** The file of a system that names what `system.extraDependencies` adds. */
const EXTRA_DEPENDENCIES = 'extra-dependencies'

/**
 * The kinds of the references of a system of NixOS or of Guix. We follow what only assembles from the roots: the system, its farms of
 * links, and generated texts. What these mention outside themselves was chosen by the configuration. All other references
 * are built in, except those of a farm, which consists of them. A farm with a version is a package.
 * @param begins the roots
 * @param composition undefined for a report that an earlier version saved; we then go by the names
 */
export function referenceKinds(
  graph: ReferenceGraph,
  begins: readonly number[],
  composition: Composition | undefined,
): ReferenceKinds {
  const roles = graph.keys.map((key) => (composition === undefined ? roleByName(key) : composition.roles.get(key)))
  const placesOf = systemPlaces(graph, composition?.mentions ?? [])
  const isConfiguration = new Uint8Array(graph.keys.length)
  const queue = begins.filter((node) => roles[node] !== undefined)
  for (const node of queue) isConfiguration[node] = 1
  const isPart = graph.keys.map((key, node) => roles[node] !== undefined && !isNamedLikePackage(key))
  const kindOf = ({ from, to }: Reference): ReferenceKind => {
    const role = roles[from]
    if (isConfiguration[from] === 0) return role === 'farm' || role === 'profile' ? 'structural' : 'built in'
    if (role === 'system') return systemKind(placesOf(from, to), isPart[to]! && roles[to] !== 'system')
    return role !== 'profile' && isPart[to] ? 'structural' : 'chosen'
  }
  for (let head = 0; head < queue.length; head += 1) {
    const from = queue[head]!
    for (const to of neighbours(graph.references, from)) {
      if (isConfiguration[to] === 1 || !isPart[to] || kindOf({ from, to }) !== 'structural') continue
      isConfiguration[to] = 1
      queue.push(to)
    }
  }
  return { of: kindOf, isGeneratedText: (node) => isConfiguration[node] === 1 && roles[node] === 'text' }
}

/** A package has a version in its name. So has a unit of a service that is called so. */
export function isNamedLikePackage(key: ByteString): boolean {
  const { name, version } = splitBase(key)
  return version !== undefined && !/^(unit|nixos-system)-/.test(name)
}

/** A system mentions an owner at some places; one that makes it structural is enough. */
function systemKind(places: readonly ByteString[] | undefined, isPart: boolean): ReferenceKind {
  // Nobody removes a reference of which we do not know what it is there for.
  if (places === undefined || places.some((path) => PARTS_OF_SYSTEM.has(path))) return 'structural'
  // An activation script assembles the texts and farms that it names. A specialisation is another system.
  return isPart && places.some((path) => path !== EXTRA_DEPENDENCIES) ? 'structural' : 'chosen'
}

/** Where systems mention nodes. */
function systemPlaces(
  graph: ReferenceGraph,
  mentions: Composition['mentions'],
): (from: number, to: number) => readonly ByteString[] | undefined {
  const places = new Map<string, ByteString[]>()
  for (const { from, to, path } of mentions) {
    const key = `${numberOfKey(graph, from)} ${numberOfKey(graph, to)}`
    const known = places.get(key)
    if (known === undefined) places.set(key, [path])
    else known.push(path)
  }
  return (from, to) => places.get(`${from} ${to}`)
}

/** The role of an owner by the name that NixOS gives its generated objects. */
export function roleByName(key: ByteString): OwnerRole | undefined {
  const name = nameOfBase(key)
  if (name.startsWith('nixos-system-')) return 'system'
  if (/^(system-path|user-environment|home-manager-path)$/.test(name)) return 'profile'
  if (/^(etc|system-units|user-units|tmpfiles\.d|udev-rules|dbus-1)$/.test(name)) return 'farm'
  return /^unit-|\.conf$|^X-Restart-Triggers-/.test(name) ? 'text' : undefined
}
