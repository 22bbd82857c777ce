import { type ByteString, bytesOf } from '../../parsers/bytes/byte-string.ts'
import { numberOfKey, type ReferenceGraph, reachableFrom } from '../graph/reference-graph.ts'
import type { OpenImage } from '../images/open-image.ts'
import { resolvePath } from '../images/resolve-path.ts'
import { bootConfigurations, configurationText } from './boot-configurations.ts'
import { modelOfKey } from './models.ts'
import { HASH_LENGTH, ReferenceScanner } from './nix/reference-scanner.ts'
import type { RootReason } from './owner.ts'
import { ownersIn } from './owners-in.ts'

/** An owner that is in the image for its own sake. All others are there because an owner refers to them. */
export interface Root {
  readonly node: number
  readonly reason: RootReason
  /** For `init` and `guix-system`: the files whose kernel command lines name it, as paths in the image. */
  readonly files?: readonly ByteString[]
}

/**
 * The roots of an image: the owners that boot loaders start, those that are roots by their model, such as NixOS systems,
 * and owners without referrers. Owners that none of these reach refer to each other in a cycle; the first owner of each
 * cycle is its root.
 */
export function findRoots(boots: BootedOwners, graph: ReferenceGraph): readonly Root[] {
  const roots = new Map<number, Root>()
  const add = (root: Root): void => {
    if (root.node >= 0 && !roots.has(root.node)) roots.set(root.node, root)
  }
  for (const [key, files] of boots) {
    add({ node: numberOfKey(graph, key), reason: modelOfKey(key)?.startReason?.(key) ?? 'init', files })
  }
  for (const [node, key] of graph.keys.entries()) {
    const reason = modelOfKey(key)?.rootReason(key)
    if (reason !== undefined) add({ node, reason })
  }
  const { start, list } = graph.referrers
  for (let node = 0; node < graph.keys.length; node += 1) {
    const count = start[node + 1]! - start[node]!
    if (count === 0 || (count === 1 && list[start[node]!] === node)) add({ node, reason: 'unreferenced' })
  }
  const reached = reachableFrom(graph.references, roots.keys())
  for (let node = 0; node < graph.keys.length; node += 1) {
    if (reached[node] === 1) continue
    add({ node, reason: 'cycle' })
    reachableFrom(graph.references, [node], reached)
  }
  return [...roots.values()]
}

/**
 * By key, the owners that boot loaders tell the kernel to start, and the configurations that do so. In an initrd, it is
 * the owners that its program /init belongs to or names, and the path of that program.
 */
export type BootedOwners = ReadonlyMap<ByteString, readonly ByteString[]>

/** A larger /init is no script. In bytes. */
const MAX_SCRIPT = 1 << 20

/** The program that the kernel starts in an initrd (Linux, Documentation/admin-guide/initrd.rst). */
export const INIT: ByteString = '/init'

/** Reads the boot loader configurations in an image, or its /init if it has none. */
export function bootedOwners(open: OpenImage): BootedOwners {
  const { model } = ownersIn(open)
  const booted = new Map<ByteString, ByteString[]>()
  /** The owners that each configuration starts, by the configuration's identity, because it may have many names. */
  const known = new Map<number, ReadonlySet<ByteString>>()
  for (const { entry, path } of bootConfigurations(open).files) {
    const keys = known.get(entry.identity) ?? model.startedBy(configurationText(open, entry))
    known.set(entry.identity, keys)
    for (const key of keys) {
      const files = booted.get(key)
      if (files === undefined) booted.set(key, [path])
      else files.push(path)
    }
  }
  if (booted.size > 0) return booted
  return new Map(startedByInit(open).map((key) => [key, [INIT]]))
}

/** The owners that /init leads to: by the target of a link, or by hashes in a script. */
function startedByInit(open: OpenImage): readonly ByteString[] {
  const { owners, model } = ownersIn(open)
  const found = resolvePath(open, INIT)
  if ('missing' in found || found.open !== open) return []
  const { entry } = found
  const isScript = entry.type === 'file' && entry.size <= MAX_SCRIPT
  const text = entry.target ?? (isScript ? configurationText(open, entry) : '')
  const { hashOf } = model
  if (hashOf === undefined || text.length < HASH_LENGTH) return []
  const hashes = [...new Set([...owners.keys()].map(hashOf))].filter((hash) => hash !== '')
  const named = new Set<ByteString>()
  new ReferenceScanner(hashes).scan(bytesOf(text), 0, text.length, (hash) => named.add(hashes[hash]!))
  return [...owners.keys()].filter((key) => named.has(hashOf(key)))
}

/** The system of an image: the one that its boot loader starts, else its only NixOS system, else its only root. */
export function toplevelOf(roots: readonly Root[]): number | undefined {
  const started = roots.find(({ reason }) => reason === 'init' || reason === 'guix-system')
  if (started !== undefined) return started.node
  const systems = roots.filter(({ reason }) => reason === 'nixos-system')
  if (systems.length > 0) return systems.length === 1 ? systems[0]!.node : undefined
  return roots.length === 1 ? roots[0]!.node : undefined
}
