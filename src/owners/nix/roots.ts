import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { byteString, quoted } from '../../../parsers/bytes/byte-string.ts'
import { asFormatError, type FormatError } from '../../../parsers/bytes/errors.ts'
import { atLimit } from '../../../parsers/bytes/limits.ts'
import { formatError } from '../../../parsers/bytes/source.ts'
import { type Entry, pathBuilder } from '../../../parsers/image.ts'
import { numberOfKey, type ReferenceGraph, reachableFrom } from '../../graph/reference-graph.ts'
import { contentSource } from '../../images/content-reader.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { isStorePathName } from './store-path.ts'

/** A store path that is in the image for its own sake. All others are there because a path refers to them. */
export interface Root {
  /** Number in the graph. */
  readonly path: number
  readonly reason: 'init' | 'nixos-system' | 'unreferenced' | 'cycle' | 'given'
  /** For `init`: the files whose kernel command lines name it, as paths in the image. */
  readonly files?: readonly ByteString[]
}

/** Configuration files of isolinux and syslinux, of GRUB, and of systemd-boot. */
const BOOT_CONFIGURATION = /\/((iso|sys|ext)linux|grub|loopback)\.cfg$|\/loader\/entries\/[^/]+\.conf$/i
/** No configuration is larger: one of NixOS has a few KiB for each entry. So this is not one of the user's limits. */
const MAX_CONFIGURATION = 1 << 20
/** The kernel parameter that names the program to start. */
const INIT = /\binit=(\/\S*)/g

/**
 * The roots of an image: the paths that boot loaders start, NixOS systems, and paths without referrers. Paths that none
 * of these reach refer to each other in a cycle; the first path of each cycle is its root.
 */
export function findRoots(boots: BootedPaths, graph: ReferenceGraph): readonly Root[] {
  const roots = new Map<number, Root>()
  const add = (root: Root): void => {
    if (root.path >= 0 && !roots.has(root.path)) roots.set(root.path, root)
  }
  for (const [base, files] of boots) add({ path: numberOfKey(graph, base), reason: 'init', files })
  for (const [path, base] of graph.keys.entries()) {
    if (base.startsWith('nixos-system-', 33)) add({ path, reason: 'nixos-system' })
  }
  const { start, list } = graph.referrers
  for (let path = 0; path < graph.keys.length; path += 1) {
    const count = start[path + 1]! - start[path]!
    if (count === 0 || (count === 1 && list[start[path]!] === path)) add({ path, reason: 'unreferenced' })
  }
  const reached = reachableFrom(graph.references, roots.keys())
  for (let path = 0; path < graph.keys.length; path += 1) {
    if (reached[path] === 1) continue
    add({ path, reason: 'cycle' })
    reachableFrom(graph.references, [path], reached)
  }
  return [...roots.values()]
}

/** By base name, the store paths that boot loaders tell the kernel to start, and the configurations that do so. */
export type BootedPaths = ReadonlyMap<ByteString, readonly ByteString[]>

/** Reads the boot loader configurations in an image. */
export function bootedPaths(open: OpenImage): BootedPaths {
  const booted = new Map<ByteString, ByteString[]>()
  /** The paths that each configuration starts, by the configuration's identity, because it may have many names. */
  const known = new Map<number, ReadonlySet<ByteString>>()
  for (const { entry, path } of bootConfigurations(open).files) {
    const bases = known.get(entry.identity) ?? startedBy(textOfFile(open, entry))
    known.set(entry.identity, bases)
    for (const base of bases) {
      const files = booted.get(base)
      if (files === undefined) booted.set(base, [path])
      else files.push(path)
    }
  }
  return booted
}

/** The boot loader configurations in an image that we read, and a problem if there are more. */
export function bootConfigurations(open: OpenImage): {
  readonly files: readonly { readonly entry: Entry; readonly path: ByteString }[]
  readonly problem: FormatError | undefined
} {
  const { image, reader } = open
  const files: { entry: Entry; path: ByteString }[] = []
  const identities = new Set<number>()
  const pathOf = pathBuilder(image.tree)
  let bytes = 0
  let problem: FormatError | undefined
  for (const entry of image.tree.entries) {
    if (entry.type !== 'file' || entry.size > MAX_CONFIGURATION || !/\.(cfg|conf)$/i.test(entry.name)) continue
    const path = pathOf(entry)
    if (!BOOT_CONFIGURATION.test(path)) continue
    if (!identities.has(entry.identity)) {
      if (bytes + entry.size > reader.limits.configuration) {
        problem ??= formatError('LIMIT', 'too many to read; the rest is ignored', image.source, {
          structure: `boot loader’s configuration ${quoted(path)}`,
          offset: 0,
          ...atLimit(reader.limits, 'configuration'),
        })
        continue
      }
      bytes += entry.size
      identities.add(entry.identity)
    }
    files.push({ entry, path })
  }
  return { files, problem }
}

/** The store paths, by base name, that a configuration tells the kernel to start. */
function startedBy(text: ByteString): ReadonlySet<ByteString> {
  const bases = new Set<ByteString>()
  for (const [, program] of text.matchAll(INIT)) {
    const base = program!.split('/').find(isStorePathName)
    if (base !== undefined) bases.add(base)
  }
  return bases
}

function textOfFile({ reader }: OpenImage, entry: Parameters<typeof contentSource>[1]): ByteString {
  try {
    const source = contentSource(reader, entry)
    return byteString(source.read(0, source.size))
  } catch (error) {
    // A configuration that we cannot read names no root. The report of the image mentions the damage.
    asFormatError(error)
    return ''
  }
}

/** The system of an image: the one that its boot loader starts, else its only NixOS system, else its only root. */
export function toplevelOf(roots: readonly Root[]): number | undefined {
  const init = roots.find(({ reason }) => reason === 'init')
  if (init !== undefined) return init.path
  const systems = roots.filter(({ reason }) => reason === 'nixos-system')
  if (systems.length > 0) return systems.length === 1 ? systems[0]!.path : undefined
  return roots.length === 1 ? roots[0]!.path : undefined
}
