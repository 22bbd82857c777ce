import type { ByteString } from '../bytes/byte-string.ts'
import type { ByteSource } from '../bytes/source.ts'
import { type Header, newcHeader, readHeader } from '../cpio/header.ts'
import { ColumnTree, EntryColumns, type EntryFacts } from '../entry-columns.ts'
import type { EntryType, FileTree } from '../image.ts'
import { type Archives, targetAt } from './archive-reader.ts'
import { NONE } from './members.ts'

/** Permissions of a directory that no archive names, as `cpio -d` makes it. */
const MADE_MODE = 0o755

/** The entries of an initrd, and how they and the members belong together. */
export interface Entries {
  readonly tree: FileTree
  /** The last member that describes each entry, or NONE. */
  readonly members: Int32Array
  /** The entry of each node of the merged tree. */
  readonly ofNode: Uint32Array
}

/** Puts the merged tree in order: depth first, and by name in each directory. */
export function entriesOf(source: ByteSource, archives: Archives): Entries {
  const { tree } = archives
  const columns = new EntryColumns(tree.count)
  const names: ByteString[] = []
  const members = new Int32Array(tree.count)
  const ofNode = new Uint32Array(tree.count)
  const stack = [0]
  while (stack.length > 0) {
    const node = stack.pop()!
    const type = tree.types[node]!
    const member = tree.members[node]!
    const parent = ofNode[tree.parents[node]!]!
    const index =
      member === NONE
        ? // No member has such an identity, because none begins after the end.
          columns.add(parent, source.size + node, { type, size: 0, mode: MADE_MODE, mtime: 0 }, 0, 0)
        : addMember(columns, source, archives, parent, member, type)
    names.push(tree.names[node]!)
    members[index] = member
    ofNode[node] = index
    const children = tree.childrenOf(node)
    if (children === undefined) continue
    const inOrder = [...children].sort(([a], [b]) => (a < b ? 1 : -1))
    for (const [, child] of inOrder) stack.push(child)
  }
  return { tree: new ColumnTree(columns, (index) => names[index]!), members, ofNode }
}

function addMember(
  columns: EntryColumns,
  source: ByteSource,
  archives: Archives,
  parent: number,
  member: number,
  type: EntryType,
): number {
  const { members, links } = archives
  const start = members.starts[member]!
  // We keep no headers. The archive reader has read this one, so it is there.
  const header = readHeader(source.read(start, Math.min(newcHeader.size, source.size - start)))!
  const group = members.links[member]!
  const first = group === NONE ? member : links.firsts[group]!
  const facts = factsOf(header, source, archives, member, type)
  return columns.add(parent, members.starts[first]!, facts, header.uid, header.gid)
}

function factsOf(
  { mode, mtime, rdevmajor, rdevminor }: Header,
  source: ByteSource,
  archives: Archives,
  member: number,
  type: EntryType,
): EntryFacts {
  const { members } = archives
  const facts = { type, size: 0, mode: mode & 0o7777, mtime }
  switch (type) {
    case 'file':
      return { ...facts, size: contentOf(archives, member).size }
    case 'symlink': {
      const target = targetAt(source, members.dataStarts[member]!, members.sizes[member]!)
      return { ...facts, size: target.length, target }
    }
    case 'blockDevice':
    case 'charDevice':
      return { ...facts, device: { major: rdevmajor, minor: rdevminor } }
    default:
      return facts
  }
}

/** Where the content of a member lies. A hard link may have that of another member. */
export function contentOf({ members, links }: Archives, member: number): { offset: number; size: number } {
  const group = members.links[member]!
  const content = group === NONE ? member : links.contents[group]!
  if (content === NONE) return { offset: members.dataStarts[member]!, size: 0 }
  return { offset: members.dataStarts[content]!, size: members.sizes[content]! }
}
