import type { ByteString } from './bytes/byte-string.ts'
import { grown } from './bytes/grown.ts'
import type { Entry, EntryType, FileTree } from './image.ts'

/** The types of entries. A column of types holds indexes in this list. */
const ENTRY_TYPES: readonly EntryType[] = [
  'file',
  'directory',
  'symlink',
  'blockDevice',
  'charDevice',
  'fifo',
  'socket',
]

/** The type of each entry by its place in the list. A look-up here is cheaper than a search through the list. */
const TYPE_NUMBERS: Readonly<Record<EntryType, number>> = {
  file: 0,
  directory: 1,
  symlink: 2,
  blockDevice: 3,
  charDevice: 4,
  fifo: 5,
  socket: 6,
}

/** The facts about an entry that are not its name and not its place in the tree. */
export interface EntryFacts {
  readonly type: EntryType
  readonly size: number
  readonly mode: number
  readonly mtime: number
  readonly target?: ByteString | undefined
  readonly device?: Entry['device'] | undefined
}

/**
 * The entries of a tree in growing columns, without their names. An entry takes 39 bytes in them. As an object it takes
 * some 200, and the garbage collector copies it twice.
 */
export class EntryColumns {
  /** The number of entries. The columns may be longer. */
  count = 0
  parents: Uint32Array
  types: Uint8Array
  sizes: Float64Array
  modes: Uint16Array
  uids: Uint32Array
  gids: Uint32Array
  mtimes: Float64Array
  identities: Float64Array
  /** Targets of symlinks, and numbers of devices, by entry. Few entries have them. */
  readonly targets = new Map<number, ByteString>()
  readonly devices = new Map<number, NonNullable<Entry['device']>>()

  /** @param capacity how many entries the columns have room for, before they double */
  constructor(capacity: number) {
    this.parents = new Uint32Array(capacity)
    this.types = new Uint8Array(capacity)
    this.sizes = new Float64Array(capacity)
    this.modes = new Uint16Array(capacity)
    this.uids = new Uint32Array(capacity)
    this.gids = new Uint32Array(capacity)
    this.mtimes = new Float64Array(capacity)
    this.identities = new Float64Array(capacity)
  }

  /** Adds an entry and returns its index. */
  add(parent: number, identity: number, facts: EntryFacts, uid: number, gid: number): number {
    const index = this.count
    if (index === this.parents.length) this.#grow(2 * index + 1)
    this.count += 1
    this.parents[index] = parent
    this.types[index] = TYPE_NUMBERS[facts.type]
    this.sizes[index] = facts.size
    this.modes[index] = facts.mode
    this.uids[index] = uid
    this.gids[index] = gid
    this.mtimes[index] = facts.mtime
    this.identities[index] = identity
    if (facts.target !== undefined) this.targets.set(index, facts.target)
    if (facts.device !== undefined) this.devices.set(index, facts.device)
    return index
  }

  #grow(capacity: number): void {
    this.parents = grown(this.parents, new Uint32Array(capacity))
    this.types = grown(this.types, new Uint8Array(capacity))
    this.sizes = grown(this.sizes, new Float64Array(capacity))
    this.modes = grown(this.modes, new Uint16Array(capacity))
    this.uids = grown(this.uids, new Uint32Array(capacity))
    this.gids = grown(this.gids, new Uint32Array(capacity))
    this.mtimes = grown(this.mtimes, new Float64Array(capacity))
    this.identities = grown(this.identities, new Float64Array(capacity))
  }
}

/** A tree over columns. It makes an entry when a caller asks for it. */
export class ColumnTree implements FileTree {
  readonly count: number
  readonly parents: Uint32Array
  readonly sizes: Float64Array
  readonly identities: Float64Array
  readonly nameOf: (index: number) => ByteString
  readonly #columns: EntryColumns
  #entries: readonly Entry[] | undefined

  constructor(columns: EntryColumns, nameOf: (index: number) => ByteString) {
    const { count, parents, sizes, identities } = columns
    this.count = count
    this.parents = parents.subarray(0, count)
    this.sizes = sizes.subarray(0, count)
    this.identities = identities.subarray(0, count)
    this.nameOf = nameOf
    this.#columns = columns
  }

  typeOf(index: number): EntryType {
    return ENTRY_TYPES[this.#columns.types[index]!]!
  }

  entry(index: number): Entry {
    const { modes, uids, gids, mtimes, targets, devices } = this.#columns
    const entry: { -readonly [Key in keyof Entry]: Entry[Key] } = {
      index,
      parent: this.parents[index]!,
      name: this.nameOf(index),
      type: this.typeOf(index),
      size: this.sizes[index]!,
      mode: modes[index]!,
      uid: uids[index]!,
      gid: gids[index]!,
      mtime: mtimes[index]!,
      identity: this.identities[index]!,
    }
    const target = targets.get(index)
    const device = devices.get(index)
    if (target !== undefined) entry.target = target
    if (device !== undefined) entry.device = device
    return entry
  }

  get entries(): readonly Entry[] {
    this.#entries ??= Array.from({ length: this.count }, (_, index) => this.entry(index))
    return this.#entries
  }
}

/** A tree of entries that a reader has made as objects. */
export function treeOf(entries: readonly Entry[]): FileTree {
  const columns = new EntryColumns(entries.length)
  for (const entry of entries) columns.add(entry.parent, entry.identity, entry, entry.uid, entry.gid)
  const names = entries.map(({ name }) => name)
  return new ColumnTree(columns, (index) => names[index]!)
}
