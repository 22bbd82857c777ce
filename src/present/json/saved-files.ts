import { type ByteString, byteStringOfText } from '../../../parsers/bytes/byte-string.ts'
import type { EntryType } from '../../../parsers/image.ts'
import type { FileFacts, OwnedFiles } from '../../inventory/file-facts.ts'
import { count, list, object, oneOf, optional, type Shape, text, tuple, where } from '../../inventory/json-shape.ts'
import type { Metadata, Xattr } from '../../inventory/metadata.ts'
import { entryTypes, seconds } from '../../inventory/part-shapes.ts'
import { modeText } from '../../views/metadata.ts'
import { base64, bytesOfBase64 } from './base64.ts'
import { textOrBytes } from './named.ts'

// The entries of an image in a saved report, in few characters. schemas/report.json describes how to read them.

/** Every entry of an image. */
export interface SavedFiles {
  readonly owned: OwnedFiles
  /** Undefined if the report was saved without them. */
  readonly outside: readonly FileFacts[] | undefined
}

/** An entry: its name, then its type or size, and last its metadata that differs from the usual. */
export type EntryJson = readonly [TextOrBytes, string | number, (TextOrBytes | UnusualJson)?, UnusualJson?]

export type TextOrBytes = string | { readonly base64: string }

/** The metadata of an entry that differs from most entries. */
interface UnusualJson {
  /** Octal. */
  readonly mode?: string
  readonly owner?: readonly [uid: number, gid: number]
  readonly time?: number
  readonly device?: readonly [major: number, minor: number]
  /** The same number for all names of one file. */
  readonly link?: number
  /** An index in `xattrSets`. */
  readonly xattrs?: number
  /** The entry is an image that we look into. */
  readonly image?: true
}

/** The metadata of most entries. */
export interface UsualJson {
  readonly owner: readonly [uid: number, gid: number]
  readonly time: number
  /** Octal modes by type; `executable` is a regular file that its owner may execute. */
  readonly modes: Readonly<Record<string, string>>
}

/** Entries outside store paths, by their directory. */
export interface OutsideJson {
  readonly directory: TextOrBytes
  readonly entries: readonly EntryJson[]
}

export type XattrSetJson = readonly (readonly [name: TextOrBytes, value: string])[]

/** Writes entries, each with its unusual metadata. */
export class EntryWriter {
  /** Undefined if we do not know the metadata of all entries; we then write no metadata. */
  readonly usual: UsualJson | undefined
  readonly #sets = new Map<readonly Xattr[], number>()

  constructor({ owned, outside }: SavedFiles) {
    this.usual = outside === undefined ? undefined : usualOf([...owned.values(), outside])
  }

  entry(file: FileFacts, name: ByteString = file.path): EntryJson {
    const { type, size, executable, target = '' } = file
    const shown = textOrBytes(name)
    const unusual = this.#unusual(file)
    const what = type === 'file' ? size : type
    const third = type === 'symlink' ? textOrBytes(target) : executable ? 'x' : undefined
    if (third === undefined) return unusual === undefined ? [shown, what] : [shown, what, unusual]
    return unusual === undefined ? [shown, what, third] : [shown, what, third, unusual]
  }

  /** Entries outside store paths, in their order. Consecutive entries of one directory form a group. */
  *outside(files: readonly FileFacts[]): Generator<OutsideJson> {
    let directory: ByteString | undefined
    let entries: EntryJson[] = []
    for (const file of files) {
      const end = file.path.lastIndexOf('/')
      const above = file.path.slice(0, end)
      if (above !== directory) {
        if (directory !== undefined) yield { directory: textOrBytes(directory), entries }
        directory = above
        entries = []
      }
      entries.push(this.entry(file, file.path.slice(end + 1)))
    }
    if (directory !== undefined) yield { directory: textOrBytes(directory), entries }
  }

  /** The sets of extended attributes of the entries so far. */
  get xattrSets(): readonly XattrSetJson[] {
    return Array.from(this.#sets.keys(), (set) =>
      set.map(({ name, value }) => [textOrBytes(name), base64(value)] as const),
    )
  }

  #unusual(file: FileFacts): UnusualJson | undefined {
    const { usual } = this
    if (usual === undefined) return undefined
    const { mode, uid, gid, mtime, device, link, xattrs } = file.metadata!
    const octal = modeText(mode)
    const unusual: UnusualJson = {
      ...(octal === usual.modes[kindOf(file)] ? {} : { mode: octal }),
      ...(uid === usual.owner[0] && gid === usual.owner[1] ? {} : { owner: [uid, gid] }),
      ...(mtime === usual.time ? {} : { time: mtime }),
      ...(device === undefined ? {} : { device: [device.major, device.minor] }),
      ...(link === undefined ? {} : { link }),
      ...(xattrs === undefined ? {} : { xattrs: this.#setOf(xattrs) }),
      ...(file.holdsImage === true ? { image: true } : {}),
    }
    return Object.keys(unusual).length === 0 ? undefined : unusual
  }

  #setOf(xattrs: readonly Xattr[]): number {
    const number = this.#sets.get(xattrs) ?? this.#sets.size
    this.#sets.set(xattrs, number)
    return number
  }
}

/** Entries of one kind usually have the same mode. */
function kindOf({ type, executable }: FileFacts): string {
  return executable ? 'executable' : type
}

function usualOf(lists: readonly (readonly FileFacts[])[]): UsualJson | undefined {
  const owners = new Map<string, number>()
  const times = new Map<number, number>()
  const modes = new Map<string, Map<number, number>>()
  for (const files of lists) {
    for (const file of files) {
      if (file.metadata === undefined) return undefined
      const { mode, uid, gid, mtime } = file.metadata
      add(owners, `${uid} ${gid}`)
      add(times, mtime)
      const kind = kindOf(file)
      const known = modes.get(kind) ?? new Map<number, number>()
      modes.set(kind, known)
      add(known, mode)
    }
  }
  const [uid, gid] = (most(owners) ?? '0 0').split(' ').map(Number)
  return {
    owner: [uid!, gid!],
    time: most(times) ?? 0,
    modes: Object.fromEntries([...modes].map(([kind, counts]) => [kind, modeText(most(counts)!)])),
  }
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function most<Key>(counts: ReadonlyMap<Key, number>): Key | undefined {
  let found: Key | undefined
  for (const [key, number] of counts) if (found === undefined || number > counts.get(found)!) found = key
  return found
}

export const textOrBytesShape: Shape = (value) =>
  typeof value === 'string' ? undefined : object<Exclude<TextOrBytes, string>>({ base64: text })(value)

const entryType = oneOf(...entryTypes)
const octal = where((value) => typeof value === 'string' && /^[0-7]{4}$/.test(value), 'must be four octal digits')
const unusualShape = object<UnusualJson>({
  mode: optional(octal),
  owner: optional(tuple(count, count)),
  time: optional(seconds),
  device: optional(tuple(count, count)),
  link: optional(count),
  xattrs: optional(count),
  image: optional(where((value) => value === true, 'must be true')),
})

const fileEntry = tuple(textOrBytesShape, count)
const otherEntry = tuple(textOrBytesShape, entryType)
const symlinkEntry = tuple(textOrBytesShape, entryType, textOrBytesShape)

/** The shape of an entry. */
export const entryShape: Shape = (value) => {
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  const isLink = items[1] === 'symlink'
  const flaw = (typeof items[1] === 'number' ? fileEntry : isLink ? symlinkEntry : otherEntry)(value)
  const unusual = items[isLink || items[2] === 'x' ? 3 : 2]
  return flaw ?? (typeof unusual === 'object' ? unusualShape(unusual) : undefined)
}

export const usualShape: Shape = object<UsualJson>({
  owner: tuple(count, count),
  time: seconds,
  modes: (value) => object<Record<string, string>>({})(value) ?? list(octal)(Object.values(value as object)),
})

export const outsideShape: Shape = list(object<OutsideJson>({ directory: textOrBytesShape, entries: list(entryShape) }))

export const xattrSetsShape: Shape = list(list(tuple(textOrBytesShape, text)))

/** Reads entries whose shape was checked. */
export class EntryReader {
  readonly #usual: UsualJson | undefined
  readonly #sets: readonly (readonly Xattr[])[]

  /** @param usual undefined if the report was saved without metadata */
  constructor(usual: UsualJson | undefined, sets: readonly XattrSetJson[] = []) {
    this.#usual = usual
    this.#sets = sets.map((set) =>
      set.map(([name, value]) => ({ name: bytesOfJson(name), value: bytesOfBase64(value) })),
    )
  }

  /** @throws {RangeError} if it names a set of attributes that does not exist */
  entry(json: EntryJson, directory?: ByteString): FileFacts {
    const [name, what, third, fourth] = json
    const path = directory === undefined ? bytesOfJson(name) : `${directory}/${bytesOfJson(name)}`
    const type = typeof what === 'number' ? 'file' : (what as EntryType)
    const executable = type === 'file' && third === 'x'
    const unusual = (type === 'symlink' || executable ? fourth : third) as UnusualJson | undefined
    return {
      path,
      type,
      size: typeof what === 'number' ? what : 0,
      executable,
      ...(type === 'symlink' ? { target: bytesOfJson(third as TextOrBytes) } : {}),
      ...this.#metadata(executable ? 'executable' : type, typeof unusual === 'object' ? unusual : {}),
    }
  }

  /** Entries outside store paths; undefined if the report lacks them or the metadata. */
  outside(json: readonly OutsideJson[] | undefined): FileFacts[] | undefined {
    if (json === undefined || this.#usual === undefined) return undefined
    return json.flatMap(({ directory, entries }) => {
      const above = bytesOfJson(directory)
      return entries.map((entry) => this.entry(entry, above))
    })
  }

  #metadata(kind: string, unusual: UnusualJson): Pick<FileFacts, 'metadata' | 'holdsImage'> {
    const usual = this.#usual
    if (usual === undefined) return {}
    const { mode = usual.modes[kind] ?? '0000', owner = usual.owner, time = usual.time } = unusual
    const { device, link, xattrs, image } = unusual
    if (xattrs !== undefined && xattrs >= this.#sets.length) {
      throw new RangeError(`an entry has set ${xattrs} of extended attributes, of which there are ${this.#sets.length}`)
    }
    const metadata: Metadata = {
      mode: Number.parseInt(mode, 8),
      uid: owner[0],
      gid: owner[1],
      mtime: time,
      ...(device === undefined ? {} : { device: { major: device[0], minor: device[1] } }),
      ...(xattrs === undefined ? {} : { xattrs: this.#sets[xattrs]! }),
      ...(link === undefined ? {} : { link }),
    }
    return { metadata, ...(image === true ? { holdsImage: true } : {}) }
  }
}

/** Reads the output of `textOrBytes`. */
export function bytesOfJson(value: TextOrBytes): ByteString {
  return typeof value === 'string' ? byteStringOfText(value) : bytesOfBase64(value.base64)
}
