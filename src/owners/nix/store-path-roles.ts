import { type ByteString, bytesOf } from '../../../parsers/bytes/byte-string.ts'
import { asFormatError } from '../../../parsers/bytes/errors.ts'
import type { FileTree } from '../../../parsers/image.ts'
import { contentSource } from '../../images/content-reader.ts'
import { childrenOf } from '../../images/resolve-path.ts'
import type { Owner } from '../owner.ts'
import type { Composition, OwnerRole, SystemMention } from '../reference-kind.ts'
import { inNarOrder } from './nar-order.ts'
import { isNamedLikePackage } from './reference-kinds.ts'
import { HASH_LENGTH, ReferenceScanner } from './reference-scanner.ts'
import { GUIX_SYSTEM, hashOfBase, isStorePathName, nameOfBase } from './store-path.ts'

/** The largest file that we take for a generated text. Units and scripts of NixOS have some KiB. In bytes. */
const MAX_TEXT = 1 << 16
/** A larger file of a system is no script. In bytes. */
const MAX_SCRIPT = 1 << 20

/** What the store paths of an image are by what they consist of, and what its systems mention. */
export function storePathRoles(owners: ReadonlyMap<ByteString, Owner>): Composition {
  const roles = new Map<ByteString, OwnerRole>()
  const mentions: SystemMention[] = []
  for (const [key, owner] of owners) {
    const role = roleOf(owner)
    if (role !== undefined) roles.set(key, role)
    if (role === 'system') for (const mention of mentionsOf(owner, owners)) mentions.push(mention)
  }
  return { roles, mentions }
}

function roleOf(owner: Owner): OwnerRole | undefined {
  const { open, entry, key } = owner
  const { tree } = open.image
  if (nameOfBase(key).startsWith('nixos-system-') || isGuixSystem(owner)) return 'system'
  if (entry.type === 'file') return isGenerated(owner, entry.index) ? 'text' : undefined
  const { files, lastFile, links, hasPrograms } = countEntries(tree, entry.index, key)
  if (links > 0 && 2 * links >= files) return hasPrograms ? 'profile' : 'farm'
  return links === 0 && files === 1 && isGenerated(owner, lastFile) ? 'text' : undefined
}

/** Systems of Guix have a name that others may have, too, but all of them have a boot script (Guix: gnu/services.scm, boot-service-type). */
function isGuixSystem({ open: { image }, entry, key }: Owner): boolean {
  const { tree } = image
  if (nameOfBase(key) !== GUIX_SYSTEM || entry.type !== 'directory') return false
  return childrenOf(image, entry).some(({ index }) => tree.nameOf(index) === BOOT_SCRIPT)
}

const BOOT_SCRIPT = 'boot'

/** What a store path has besides directories, and its last file. */
function countEntries(
  tree: FileTree,
  top: number,
  key: ByteString,
): { files: number; lastFile: number; links: number; hasPrograms: boolean } {
  let files = 0
  let lastFile = 0
  let links = 0
  let hasPrograms = false
  if (leadsOut(tree.entry(top).target, key)) links += 1
  // A subtree is one range of entries.
  for (let index = top + 1; index < tree.count && tree.parents[index]! >= top; index += 1) {
    const type = tree.typeOf(index)
    if (type === 'file') {
      files += 1
      lastFile = index
    } else if (type === 'symlink' && leadsOut(tree.entry(index).target, key)) links += 1
    if (tree.parents[index] === top && /^s?bin$/.test(tree.nameOf(index))) hasPrograms = true
  }
  return { files, lastFile, links, hasPrograms }
}

/** Whether the target of a link is in another store path. */
function leadsOut(target: ByteString | undefined, key: ByteString): boolean {
  const components = target?.split('/') ?? []
  return components.some((component) => component !== key && isStorePathName(component))
}

/**
 * Whether the only file of a store path is a text that NixOS or Guix generated: it is small, and has no version, which packages have.
 * We do not read it, because many small files lie in many blocks: to unpack these took a fifth of a report.
 */
function isGenerated({ open: { image }, key }: Owner, index: number): boolean {
  const size = image.tree.sizes[index]!
  return size > 0 && size <= MAX_TEXT && !isNamedLikePackage(key)
}

/** The files and links of a system that mention other store paths. */
function mentionsOf(system: Owner, owners: ReadonlyMap<ByteString, Owner>): readonly SystemMention[] {
  const keys = [...owners.keys()]
  const keyOfHash = new Map(keys.map((key) => [hashOfBase(key), key]))
  const hashes = [...keyOfHash.keys()]
  const scanner = new ReferenceScanner(hashes)
  const mentions: SystemMention[] = []
  for (const { entry, path } of inNarOrder(system)) {
    const bytes = entry.target === undefined ? contentOf(system, entry) : bytesOf(entry.target)
    if (bytes.length < HASH_LENGTH) continue
    const found = new Set<ByteString>()
    scanner.scan(bytes, 0, bytes.length, (hash) => found.add(keyOfHash.get(hashes[hash]!)!))
    for (const to of found) if (to !== system.key) mentions.push({ from: system.key, to, path })
  }
  return mentions
}

function contentOf({ open: { reader } }: Owner, entry: Parameters<typeof contentSource>[1]): Uint8Array {
  if (entry.type !== 'file' || entry.size > MAX_SCRIPT) return new Uint8Array()
  try {
    return contentSource(reader, entry).read(0, entry.size)
  } catch (error) {
    // The report of the image mentions the damage.
    asFormatError(error)
    return new Uint8Array()
  }
}
