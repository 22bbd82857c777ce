import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { withoutHashes } from '../inventory/content-signature.ts'
import type { FileFacts, OwnedFiles } from '../inventory/file-facts.ts'
import { nameOf } from '../owners/names.ts'

/** The entries of an image whose metadata we compare. */
export interface LinkedSide {
  readonly files?: OwnedFiles
  readonly outside?: readonly FileFacts[] | undefined
}

/** The other names of an entry: how many, and the first one. */
export interface OtherNames {
  /** Without the hashes of owners: "foo-1.0/bin/foo", "/usr/bin/foo". */
  readonly first: ByteString
  readonly names: number
}

/** Names in both images that an entry shares a file with in only one of them. */
export interface HardLinkChange {
  readonly kind: 'hardLink'
  /** It was one file with these names. */
  readonly before?: OtherNames
  /** It is now one file with these names. */
  readonly after?: OtherNames
}

interface Names {
  /** By the link number of hard-linked entries. */
  readonly groups: ReadonlyMap<number, readonly ByteString[]>
  readonly all: ReadonlySet<ByteString>
}

/** How two groups differ: names that only one group has, though both images have them. */
interface GroupChange {
  readonly before: ReadonlySet<ByteString>
  readonly after: ReadonlySet<ByteString>
}

export class HardLinks {
  readonly #before: Names
  readonly #after: Names
  readonly #changes = new Map<string, GroupChange>()

  constructor(before: LinkedSide, after: LinkedSide) {
    this.#before = namesOf(before)
    this.#after = namesOf(after)
  }

  /**
   * @param owner key of the new entry's owner; undefined for an entry without one
   * @returns undefined if the names did not change
   */
  change(old: FileFacts, now: FileFacts, owner: ByteString | undefined): HardLinkChange | undefined {
    const [link, newLink] = [old.metadata?.link, now.metadata?.link]
    const key = `${link ?? ''} ${newLink ?? ''}`
    const known = this.#changes.get(key) ?? this.#compared(link, newLink)
    this.#changes.set(key, known)
    // If an entry has only one name on one side, we report all names of the other side, and its own is among them.
    const self = entryName(owner, now)
    const [before, after] = [without(known.before, self), without(known.after, self)]
    if (before === undefined && after === undefined) return undefined
    return { kind: 'hardLink', ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
  }

  #compared(before: number | undefined, after: number | undefined): GroupChange {
    const old = new Set(before === undefined ? [] : this.#before.groups.get(before))
    const now = new Set(after === undefined ? [] : this.#after.groups.get(after))
    return {
      before: new Set([...old].filter((name) => !now.has(name) && this.#after.all.has(name))),
      after: new Set([...now].filter((name) => !old.has(name) && this.#before.all.has(name))),
    }
  }
}

function without(all: ReadonlySet<ByteString>, self: ByteString): OtherNames | undefined {
  const names = all.size - (all.has(self) ? 1 : 0)
  if (names === 0) return undefined
  for (const first of all) if (first !== self) return { first, names }
  return undefined
}

function namesOf({ files, outside = [] }: LinkedSide): Names {
  const groups = new Map<number, ByteString[]>()
  const all = new Set<ByteString>()
  const add = (name: ByteString, { metadata }: FileFacts): void => {
    all.add(name)
    if (metadata?.link === undefined) return
    const group = groups.get(metadata.link)
    if (group === undefined) groups.set(metadata.link, [name])
    else group.push(name)
  }
  for (const [owner, entries] of files ?? []) for (const file of entries) add(entryName(owner, file), file)
  for (const file of outside) add(entryName(undefined, file), file)
  return { groups, all }
}

/** The name of an entry in both images. It has no hashes, so that two builds of an owner agree. */
function entryName(owner: ByteString | undefined, { path }: FileFacts): ByteString {
  if (owner === undefined) return withoutHashes(path)
  const name = nameOf(owner)
  return path === '' ? name : `${name}/${withoutHashes(path)}`
}
