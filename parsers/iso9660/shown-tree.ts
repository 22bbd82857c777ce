import { formatError } from '../bytes/source.ts'
import type { NameTreeKind } from '../image.ts'
import { type DirectoryTree, readDirectoryTree } from './directory-tree.ts'
import type { Hierarchy } from './hierarchy.ts'
import { identifierReader, interpretIdentifiers, interpretRockRidge } from './name-tree.ts'
import { findSusp, type SuspIndicator } from './susp-indicator.ts'
import { SystemUseReader } from './system-use.ts'
import type { Volume } from './volume.ts'

/** The tree that we show, and how we read its names. */
export interface ShownTree extends DirectoryTree {
  readonly kind: NameTreeKind
  readonly hierarchy: Hierarchy
  readonly reader: SystemUseReader
  readonly susp: SuspIndicator | undefined
  /** Whether the image has Rock Ridge names, even if we show others. */
  readonly hasRockRidge: boolean
}

interface Candidate {
  readonly kind: NameTreeKind
  readonly hierarchy: Hierarchy
  readonly reader: SystemUseReader
  readonly susp?: SuspIndicator
}

/** The name trees, best first. Rock Ridge has a full Unix tree, Joliet cuts names, and ECMA-119 mangles them. */
const PRECEDENCE: readonly NameTreeKind[] = ['rockRidge', 'joliet', 'enhanced', 'plain']

/**
 * Reads the best tree, or the wanted one.
 * @throws {FormatError} when the image has no tree of the wanted kind, or no root directory at all
 */
export function readShownTree(volume: Volume, hierarchies: readonly Hierarchy[], wanted?: NameTreeKind): ShownTree {
  const all = hierarchies.flatMap((hierarchy) => candidatesOf(volume, hierarchy))
  const candidates = PRECEDENCE.flatMap((kind) => all.filter((candidate) => candidate.kind === kind))
  if (wanted !== undefined) {
    const found = candidates.find((candidate) => candidate.kind === wanted)
    if (found !== undefined) return readCandidate(volume, found, candidates[0]?.kind === 'rockRidge')
    const kinds = [...new Set(candidates.map(({ kind }) => kind.toLowerCase()))]
    const there = kinds.length === 0 ? 'it has none' : `it has ${kinds.join(', ')}`
    const detail = `there is no ${wanted.toLowerCase()} tree that can be read; ${there}`
    throw formatError('UNSUPPORTED', detail, volume.source, {
      structure: 'volume descriptor set',
      offset: hierarchies[0]?.descriptor.offset ?? 0,
    })
  }
  const [best, ...others] = candidates
  const hasRockRidge = best?.kind === 'rockRidge'
  if (best === undefined) throw new Error('a tree was asked for without hierarchies')
  const shown = readCandidate(volume, best, hasRockRidge)
  if (shown.tree.count > 1 || best.kind !== 'rockRidge') return shown
  // Linux does the same, because some images have an empty Rock Ridge tree and all files in the Joliet tree.
  const joliet = others.find((candidate) => candidate.kind === 'joliet')
  const second = joliet === undefined ? undefined : readCandidate(volume, joliet, hasRockRidge)
  if (second === undefined || second.tree.count === 1) return shown
  volume.warnings.add('MALFORMED', 'the Rock Ridge tree is empty, so the Joliet tree is shown', {
    structure: 'root directory',
    offset: best.hierarchy.root.offset,
  })
  return second
}

function candidatesOf(volume: Volume, hierarchy: Hierarchy): Candidate[] {
  if (hierarchy.problem !== undefined) return []
  const reader = new SystemUseReader(volume)
  switch (hierarchy.name) {
    case 'primary': {
      const susp = findSusp(volume, hierarchy.root.offset, reader)
      const plain: Candidate = { kind: 'plain', hierarchy, reader }
      return susp?.rockRidge === true ? [{ kind: 'rockRidge', hierarchy, reader, susp }, plain] : [plain]
    }
    case 'Joliet':
      return [{ kind: 'joliet', hierarchy, reader }]
    case 'enhanced':
      return [{ kind: 'enhanced', hierarchy, reader }]
    case 'supplementary':
      // It has another character set. We show its bytes unchanged if we can read no other tree.
      return [{ kind: 'plain', hierarchy, reader }]
  }
}

function readCandidate(volume: Volume, { kind, hierarchy, reader, susp }: Candidate, hasRockRidge: boolean): ShownTree {
  const versionOf = (record: Parameters<ReturnType<typeof identifierReader>>[0]): string =>
    identifierReader(kind)(record).version
  const tree =
    kind === 'rockRidge'
      ? readDirectoryTree(volume, hierarchy.root, interpretRockRidge(volume, reader, susp?.skip ?? 0), () => '')
      : readDirectoryTree(volume, hierarchy.root, interpretIdentifiers(volume, kind), versionOf)
  return { ...tree, kind, hierarchy, reader, susp, hasRockRidge }
}
