import { type ByteString, readable } from '../bytes/byte-string.ts'
import type { Problems } from '../bytes/problems.ts'
import type { ByteSource } from '../bytes/source.ts'
import { treeOf } from '../entry-columns.ts'
import type { Entry, FormatTraits, Image, StoredExtent, StoredRun } from '../image.ts'

/** Bytes [offset, offset + length) of the source. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/** A part of a program that we show as a file. All its bytes are stored. */
export interface StoredPart {
  readonly name: ByteString
  /** Where its content lies, in order. Both numbers come from the file and may lie beyond its end. */
  readonly content: readonly Place[]
  /** Padding that belongs to it and is no content. */
  readonly slack: readonly Place[]
}

/** Bytes that are not content. */
export interface NamedPlace extends Place {
  readonly name: string
}

/** What a program is made of. */
export interface Layout {
  readonly source: ByteSource
  readonly traits: FormatTraits
  readonly facts: Image['facts']
  /** What a part is called in messages: "section". */
  readonly partNoun: string
  /** Files of the root, with names that differ. */
  readonly parts: readonly StoredPart[]
  /** Headers and tables. */
  readonly structures: readonly NamedPlace[]
  /** Names for bytes that nothing else has. A `gap` is no part of the program. */
  readonly backgrounds: readonly (NamedPlace & { readonly kind: 'structure' | 'gap' })[]
}

/** An image of a program: its parts as files in one directory, in the order of `parts`. */
export function imageOfParts(layout: Layout, problems: Problems): Image {
  const { source, traits, facts, partNoun, parts, structures, backgrounds } = layout
  for (const { name, content } of parts) {
    for (const { offset, length } of content) {
      if (offset + length <= source.size) continue
      const structure = `${partNoun} ${readable(name)}`
      const sizes = { found: source.size, expected: offset + length }
      problems.lose('TRUNCATED', `the file ends before the ${partNoun} does`, { structure, offset, ...sizes })
    }
  }
  const found = problems.found()
  const runs = (entry: Entry): readonly StoredExtent[] => extentsOf(parts[entry.index - 1])
  return {
    format: traits,
    source,
    tree: treeOf(entriesOf(parts)),
    facts,
    ...found,
    runs: (entry) => runs(entry).map(asRun),
    extents: runs,
    claimContent(map) {
      for (const [index, { content, slack }] of parts.entries()) {
        for (const { offset, length } of [...content, ...slack]) map.claimContent(offset, length, index + 1)
      }
      return found
    },
    claimStructures(map, complete) {
      for (const { offset, length, name } of structures) map.claimStructure(offset, length, name)
      for (const { offset, length, kind, name } of backgrounds) map.addBackground(offset, length, kind, name)
      if (!complete) map.addBackground(0, source.size, 'unreadable', `content of ${traits.noun} that cannot be read`)
    },
  }
}

const ROOT = { parent: 0, mode: 0, uid: 0, gid: 0, mtime: 0 }

function entriesOf(parts: readonly StoredPart[]): Entry[] {
  const files = parts.map(({ name, content }, index): Entry => {
    const size = content.reduce((sum, { length }) => sum + length, 0)
    return { ...ROOT, index: index + 1, identity: index + 1, name, type: 'file', size }
  })
  return [{ ...ROOT, index: 0, identity: 0, name: '', type: 'directory', size: 0 }, ...files]
}

function extentsOf(part: StoredPart | undefined): StoredExtent[] {
  let at = 0
  const extents: StoredExtent[] = []
  for (const { offset, length } of part?.content ?? []) {
    if (length > 0) extents.push({ at, offset, length, unpacked: length, codec: 'stored' })
    at += length
  }
  return extents
}

function asRun({ offset, length }: StoredExtent): StoredRun {
  return { offset, storedLength: length, length, skip: 0, unpackedLimit: length, codec: 'stored' }
}
