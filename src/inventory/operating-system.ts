import { type ByteString, textOf } from '../../parsers/bytes/byte-string.ts'
import { oncePer } from '../../parsers/bytes/once-per.ts'
import type { Entry } from '../../parsers/image.ts'
import { pathOfImage } from '../images/image-parts.ts'
import type { OpenImage } from '../images/open-image.ts'
import { ownersIn, treeOwners } from '../owners/owners-in.ts'
import { entryFinder } from '../owners/package-files.ts'
import { type RootFileSystem, rootOf } from '../owners/root-file-system.ts'
import { smallText } from './small-text.ts'

/** The operating system in an image, as os-release(5) describes it. */
export interface OperatingSystem {
  /** "debian". */
  readonly id: string
  /** "12"; absent for a distribution without versions. */
  readonly versionId?: string
  /** For people: "Debian GNU/Linux 12 (bookworm)". */
  readonly name: string
}

/** What system the owners in an image inside are of. */
export interface SystemOfImage {
  /** The path of the image; '/' for the outermost one. */
  readonly path: ByteString
  /** Absent if no file of its root file system tells. */
  readonly os?: OperatingSystem
}

/** The first of these that is a file counts. The first one may be a link to the second one (os-release(5)). */
const PATHS = ['etc/os-release', 'usr/lib/os-release']
/** The name of the store path that /etc/os-release of NixOS leads to. In an image, nothing has made /etc yet. */
const NIXOS_FILE = '-etc-os-release'

/**
 * The operating system that the owners in an image belong to; undefined if no file tells. We ask the images with owners
 * first, because an initrd or an installer beside them may be of another system.
 */
export function operatingSystemIn(open: OpenImage): OperatingSystem | undefined {
  const { images, owners, model } = ownersIn(open)
  const hasOwners = (image: OpenImage): boolean => treeOwners(image, model).isOwner.includes(1)
  const sorted = [...images.filter(hasOwners), ...images.filter((image) => !hasOwners(image))]
  for (const image of sorted) {
    const found = systemOfRoot(rootOf(image))
    if (found !== undefined) return found
  }
  for (const owner of owners.values()) {
    const found = owner.key.endsWith(NIXOS_FILE) ? systemOf(owner.open, owner.entry) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * The systems of the images with owners, where they are not all of one: a medium may have an installer of another
 * distribution. A disc is left out, because packages on it are files to install.
 * @returns none if they are of one
 */
export function systemsIn(open: OpenImage): readonly SystemOfImage[] {
  const { images, model } = ownersIn(open)
  const roots = images.filter((image) => {
    return image.image.format.looksInside !== 'files' && treeOwners(image, model).isOwner.includes(1)
  })
  const found = roots.map((image): SystemOfImage => {
    const os = systemOfRoot(rootOf(image))
    return { path: pathOfImage(image) || '/', ...(os === undefined ? {} : { os }) }
  })
  const isOne = new Set(found.map(({ os }) => os && `${os.id} ${os.versionId}`)).size < 2
  return isOne ? [] : found
}

const systemOfRoot = oncePer((root: RootFileSystem): OperatingSystem | undefined => {
  const finder = entryFinder(root)
  for (const path of PATHS) {
    const at = finder.find(path)
    const found = at && systemOf(at.open, at.open.image.tree.entry(at.index))
    if (found !== undefined) return found
  }
  return undefined
})

function systemOf(image: OpenImage, entry: Entry): OperatingSystem | undefined {
  const found = smallText(image, entry)
  return found === undefined ? undefined : parseOsRelease(found)
}

/** The operating system that an os-release file describes; undefined if the file names none. */
export function parseOsRelease(text: ByteString): OperatingSystem | undefined {
  const fields = new Map<string, string>()
  for (const line of (textOf(text) ?? '').split('\n')) {
    const [, key, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim()) ?? []
    if (key !== undefined && value !== undefined) fields.set(key, unquoted(value))
  }
  const id = fields.get('ID')
  if (id === undefined || id === '') return undefined
  const versionId = fields.get('VERSION_ID')
  return {
    id,
    ...(versionId === undefined || versionId === '' ? {} : { versionId }),
    name: fields.get('PRETTY_NAME') ?? fields.get('NAME') ?? id,
  }
}

/** A value without the quotes and backslashes of a shell. */
function unquoted(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/.exec(value) ?? []
  if (quote === "'") return inner!
  return (inner ?? value).replace(/\\(["$\\`])/g, '$1')
}
