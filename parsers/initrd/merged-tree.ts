import type { ByteString } from '../bytes/byte-string.ts'
import type { EntryType } from '../image.ts'
import { type Members, NONE } from './members.ts'

/** Why a member has no place in the tree. */
export type Refusal = 'dots' | 'root' | 'below a file' | 'depth' | 'full'

/** The words for what becomes of members without an entry. */
export const OVERWRITTEN_BY_ARCHIVE = 'overwritten by a later archive'
export const OVERWRITTEN_BY_MEMBER = 'overwritten by a later member'

/** Links that one path may follow, as in Linux (MAXSYMLINKS). */
const HOPS = 40
/** Bytes of targets that we look up to follow links, in all: a third of a second. An initrd has some KiB of them. */
const LOOKED_UP = 2 ** 26

/**
 * The names of all archives, merged as Linux does when it unpacks one over the other. Node 0 is the root. A directory
 * may be described several times, and the last member counts.
 */
export class MergedTree {
  readonly parents: number[] = [0]
  readonly names: ByteString[] = ['']
  readonly types: EntryType[] = ['directory']
  /** The last member that describes each node; NONE for a directory that no archive names. */
  readonly members: number[] = [NONE]
  readonly #children: (Map<ByteString, number> | undefined)[] = [undefined]
  readonly #pathLengths: number[] = [0]
  readonly #all: Members
  readonly #targetOf: (member: number) => ByteString
  readonly #depth: number
  #left = LOOKED_UP
  /** Bytes of the paths of all nodes. */
  pathBytes = 0

  /** @param targetOf the target of a member that is a symbolic link */
  constructor(members: Members, targetOf: (member: number) => ByteString, depth: number) {
    this.#all = members
    this.#targetOf = targetOf
    this.#depth = depth
  }

  get count(): number {
    return this.parents.length
  }

  /** The children of a node by their names. */
  childrenOf(node: number): ReadonlyMap<ByteString, number> | undefined {
    return this.#children[node]
  }

  /**
   * Gives a member its place. A member with the same path replaces an earlier one.
   * @returns why it has none; undefined if it has
   */
  place(path: ByteString, type: EntryType, member: number): Refusal | undefined {
    const names = path.split('/').filter((name) => name !== '' && name !== '.')
    if (names.includes('..')) return 'dots'
    if (names.length > this.#depth) return 'depth'
    const name = names.pop()
    if (name === undefined) {
      if (type !== 'directory') return 'root'
      this.#describe(0, member)
      return undefined
    }
    const parent = this.#folder(names)
    if (parent === undefined) return 'below a file'
    const node = this.#children[parent]?.get(name)
    if (node === undefined) {
      this.#describe(this.#add(parent, name, type), member)
      return undefined
    }
    const isFolder = this.types[node] === 'directory'
    if (isFolder && type !== 'directory' && (this.#children[node]?.size ?? 0) > 0) return 'full'
    if (!isFolder || type !== 'directory') this.#overwrite(node, member)
    this.types[node] = type
    this.#describe(node, member)
    return undefined
  }

  /** The directory of these names, below the root. We make those that are not there, and follow links to others. */
  #folder(names: readonly ByteString[]): number | undefined {
    let node = 0
    for (const name of names) {
      const child = this.#children[node]?.get(name) ?? this.#add(node, name, 'directory')
      const folder = this.#followed(child, { left: HOPS })
      if (folder === undefined || this.types[folder] !== 'directory') return undefined
      node = folder
    }
    return node
  }

  /** The node that a link leads to, in the tree so far; undefined if there is none. Other nodes stay as they are. */
  #followed(node: number, hops: { left: number }): number | undefined {
    if (this.types[node] !== 'symlink') return node
    hops.left -= 1
    if (hops.left < 0) return undefined
    const target = this.#targetOf(this.members[node]!)
    this.#left -= target.length
    if (this.#left < 0) return undefined
    let at: number | undefined = target.startsWith('/') ? 0 : this.parents[node]!
    for (const name of target.split('/')) {
      if (name === '' || name === '.') continue
      const next: number | undefined = name === '..' ? this.parents[at] : this.#children[at]?.get(name)
      at = next === undefined ? undefined : this.#followed(next, hops)
      if (at === undefined) return undefined
    }
    return at
  }

  #add(parent: number, name: ByteString, type: EntryType): number {
    const node = this.count
    const children = this.#children[parent] ?? new Map<ByteString, number>()
    this.#children[parent] = children
    children.set(name, node)
    const pathLength = this.#pathLengths[parent]! + 1 + name.length
    this.pathBytes += pathLength
    this.parents.push(parent)
    this.names.push(name)
    this.types.push(type)
    this.members.push(NONE)
    this.#children.push(undefined)
    this.#pathLengths.push(pathLength)
    return node
  }

  #describe(node: number, member: number): void {
    this.#all.nodes[member] = node
    this.#all.previous[member] = this.members[node]!
    this.members[node] = member
  }

  /** Takes a node from the members that described it. */
  #overwrite(node: number, by: number): void {
    const { archives, previous, nodes, structures } = this.#all
    for (let member = this.members[node]!; member !== NONE; member = previous[member]!) {
      nodes[member] = NONE
      structures.set(member, archives[member] === archives[by] ? OVERWRITTEN_BY_MEMBER : OVERWRITTEN_BY_ARCHIVE)
    }
    this.members[node] = NONE
  }
}
