import { type ByteString, byteString } from '../../parsers/bytes/byte-string.ts'
import { asFormatError } from '../../parsers/bytes/errors.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import { type Entry, pathOf } from '../../parsers/image.ts'
import { contentSource } from '../images/content-reader.ts'
import type { OpenImage } from '../images/open-image.ts'
import { childrenOf } from '../images/resolve-path.ts'
import { bootConfigurations, configurationText } from './boot-configurations.ts'

/** Images that a live system mounts over each other as one root file system, the lowest one first. */
export type LayerStack = readonly OpenImage[]

/** Names of images that casper and live-boot mount (live-boot, 9990-overlay.sh, setup_unionfs). */
const LAYER = /\.(squashfs|ext[234]|xfs|jffs2)$/
/** A list of the layers of a module, for live-boot. */
const MODULE = /\.module$/
/** A list has a few names. In bytes. */
const MAX_MODULE = 1 << 16
/** A medium has a few modules. */
const MAX_MODULES = 64
/** Where live-boot and casper look, unless the kernel command line says `live-media-path=`. */
const LIVE_FOLDER = /^(live$|casper)/

/** The stacks of layers among the images in files of an image: by image, the stack that it is a part of. */
export const layerStacks: (outer: OpenImage) => ReadonlyMap<OpenImage, LayerStack> = oncePer(findStacks)

function findStacks(outer: OpenImage): ReadonlyMap<OpenImage, LayerStack> {
  const { tree } = outer.image
  const folders = new Map<number, Map<ByteString, number>>()
  for (const index of outer.tried) {
    const name = tree.nameOf(index)
    if (!LAYER.test(name)) continue
    const parent = tree.parents[index]!
    const known = folders.get(parent)
    if (known === undefined) folders.set(parent, new Map([[name, index]]))
    else known.set(name, index)
  }
  const found = new Map<OpenImage, LayerStack>()
  for (const [folder, layers] of folders) {
    if (layers.size < 2) continue
    for (const names of stacksIn(outer, tree.entry(folder), [...layers.keys()].sort())) {
      // Another stack may have some of them too. The one that is booted first has them.
      const stack = [...new Set(names.flatMap((name) => outer.inside(layers.get(name)!) ?? []))]
      if (stack.length > 1) for (const open of stack) if (!found.has(open)) found.set(open, stack)
    }
  }
  return found
}

/** The stacks in a folder by the names of their layers, that of the system that is booted by default first. */
function stacksIn(outer: OpenImage, folder: Entry, names: readonly ByteString[]): readonly (readonly ByteString[])[] {
  const ofModules = stacksOfModules(outer, folder, names)
  if (ofModules.length > 0) return ofModules
  const path = pathOf(outer.image.tree, folder)
  const mediaPaths = kernelParameters(outer, 'live-media-path').map(
    (value) =>
      `/${value
        .split('/')
        .filter((name) => name !== '')
        .join('/')}`,
  )
  if (!LIVE_FOLDER.test(folder.name) && !mediaPaths.includes(path)) return []
  const booted = kernelParameters(outer, 'layerfs-path').map((value) => value.slice(value.lastIndexOf('/') + 1))
  const ofNames = folder.name === 'live' ? [] : stacksOfNames(names, booted)
  // Without a list, each image lies over those with names before its own.
  return ofNames.length > 0 ? ofNames : [names]
}

/**
 * The stacks that files NAME.module list, the lowest layer first. Without `module=`, live-boot takes that of the module
 * "filesystem" (live-boot, 9990-cmdline-old).
 */
function stacksOfModules(
  outer: OpenImage,
  folder: Entry,
  names: readonly ByteString[],
): readonly (readonly ByteString[])[] {
  const lists = childrenOf(outer.image, folder).filter(({ name, type }) => MODULE.test(name) && type === 'file')
  if (lists.length === 0) return []
  const rank = new Map<ByteString, number>()
  for (const module of [...kernelParameters(outer, 'module'), 'filesystem']) {
    for (const name of [`filesystem.${module}.module`, `${module}.module`]) {
      if (!rank.has(name)) rank.set(name, rank.size)
    }
  }
  const rankOf = ({ name }: Entry): number => rank.get(name) ?? rank.size
  return [...lists]
    .sort((a, b) => rankOf(a) - rankOf(b) || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_MODULES)
    .map((list) => wordsIn(outer, list).filter((name) => names.includes(name)))
    .filter((stack) => stack.length > 0)
}

/**
 * The stacks that the names of casper's layers tell: "minimal.standard.live.squashfs" lies over "minimal.standard.squashfs",
 * and that over "minimal.squashfs" (casper, scripts/casper, setup_overlay). Some lie over the same layers, such as those of
 * languages. Which one is booted stands in `layerfs-path=`, or in an initrd, for which we take the names that Ubuntu's
 * builds give it.
 * @returns none if no layer has a name above another
 */
function stacksOfNames(
  names: readonly ByteString[],
  booted: readonly ByteString[],
): readonly (readonly ByteString[])[] {
  const known = new Set(names)
  const chains = names.map((name) => chainOf(name, known)).filter((chain) => chain !== undefined)
  if (chains.every(({ length }) => length < 2)) return []
  const below = new Set(chains.flatMap((chain) => chain.slice(0, -1)))
  const topOf = (chain: readonly ByteString[]): ByteString => chain[chain.length - 1]!
  const stemOf = (chain: readonly ByteString[]): ByteString => topOf(chain).replace(/\.[^.]*$/, '')
  const rankOf = (chain: readonly ByteString[]): number => {
    const at = booted.indexOf(topOf(chain))
    if (at >= 0) return at
    const parts = topOf(chain).split('.')
    return booted.length + (parts.includes('live') ? 0 : parts.includes('installer') ? 1 : 2)
  }
  return chains
    .filter((chain) => !below.has(topOf(chain)) || booted.includes(topOf(chain)))
    .sort((a, b) => rankOf(a) - rankOf(b) || b.length - a.length || (stemOf(a) < stemOf(b) ? -1 : 1))
}

/** A layer and those that its name says are below it, the lowest one first; undefined if one of these is missing. */
function chainOf(name: ByteString, known: ReadonlySet<ByteString>): readonly ByteString[] | undefined {
  const parts = name.split('.')
  const extension = parts.pop()!
  const chain = parts.map((_, at) => `${parts.slice(0, at + 1).join('.')}.${extension}`)
  return chain.every((layer) => known.has(layer)) ? chain : undefined
}

/** The values of a parameter on the kernel command lines that boot loaders give, in the order of the files. */
function kernelParameters(outer: OpenImage, name: string): readonly ByteString[] {
  const pattern = new RegExp(`(?:^|[\\s"'])${name}=([^\\s"']+)`, 'g')
  return bootTexts(outer).flatMap((text) => Array.from(text.matchAll(pattern), ([, value]) => value!))
}

const bootTexts = oncePer((outer: OpenImage): readonly ByteString[] =>
  bootConfigurations(outer).files.map(({ entry }) => configurationText(outer, entry)),
)

/** The words of a small text file; none if we cannot read it, which the report of the image mentions. */
function wordsIn({ reader }: OpenImage, entry: Entry): readonly ByteString[] {
  if (entry.size > MAX_MODULE) return []
  try {
    const source = contentSource(reader, entry)
    return byteString(source.read(0, source.size)).split(/\s+/)
  } catch (error) {
    asFormatError(error)
    return []
  }
}
