import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { UNREACHABLE } from '../../graph/dominator-tree.ts'
import { neighbours, numberOfKey, type Reference } from '../../graph/reference-graph.ts'
import { globMatcher } from '../../owners/glob.ts'
import { nameOf, packageOf, splitKey } from '../../owners/names.ts'
import { bytesBeside, type GraphSizes } from '../graph-sizes.ts'
import { type CheckSide, measureFor, subjectParts } from '../subject-parts.ts'
import type { FilesNamed } from './files-by-glob.ts'
import type { Culprit, Hint, HintTable, Removal } from './hint.ts'
import type { NodesNamed } from './names-by-glob.ts'
import { type FreedPart, isNothing, NOTHING, type Removed, together } from './removed.ts'

/** An entry that applies to an image. */
export interface MatchedHint {
  readonly hint: Hint
  readonly removed: Removed
  /** Nodes whose names match. */
  readonly named: readonly number[]
  /** The first file that each pattern over files matches. */
  readonly files: readonly ByteString[]
}

/** The table, matched against an image. */
export interface MatchedTable {
  /** Entries that apply, in the order of the table. */
  readonly applying: readonly MatchedHint[]
  /** Entries with a part that we could not test, and why. */
  readonly untested: readonly { readonly hint: Hint; readonly reason: string }[]
}

/** What entries are matched against. */
export interface Matching {
  readonly side: CheckSide
  readonly sizes: GraphSizes
  readonly nodesNamed: NodesNamed
  readonly filesNamed: FilesNamed
}

/**
 * Finds the entries that apply to an image: their options remove something that is in it. An entry whose effect cannot be
 * counted applies if one of its patterns matches.
 */
export function matchTable({ entries }: HintTable, matching: Matching): MatchedTable {
  const applying: MatchedHint[] = []
  const untested: { hint: Hint; reason: string }[] = []
  for (const hint of entries) {
    const named = [...matching.nodesNamed(hint.culprits.flatMap((each) => (each.kind === 'name' ? each.glob : [])))]
    const found = hint.removes.map((removal) => ({ removal, ...removedBy(removal, matching) }))
    const problem = found.find(({ untested: reason }) => reason !== undefined)?.untested
    const isThere = found.some(({ removal, removed }) => removal.also !== true && !isNothing(removed))
    if (hint.removes.length > 0 ? !isThere : !hint.culprits.some((culprit) => isMatch(culprit, matching))) {
      if (problem !== undefined) untested.push({ hint, reason: problem })
      continue
    }
    const files = hint.culprits.flatMap((each) => (each.kind === 'file' ? (matching.filesNamed(each)[0] ?? []) : []))
    applying.push({ hint, removed: together(found.map(({ removed }) => removed)), named, files })
  }
  return { applying, untested }
}

function removedBy(removal: Removal, matching: Matching): { readonly removed: Removed; readonly untested?: string } {
  const { nodesNamed, sizes } = matching
  switch (removal.kind) {
    case 'reference': {
      const { from, fromExcept = [], to, toExcept, ifInBoot, unroots } = removal
      const sources = from === undefined ? undefined : nodesNamed(from)
      const kept = nodesNamed(fromExcept)
      const targets = [...nodesNamed(to, toExcept)].filter((node) => ifInBoot !== true || bytesBeside(sizes, node) > 0)
      const references = referencesTo(targets, matching).filter(
        (reference) => !kept.has(reference.from) && (sources?.has(reference.from) ?? isConfigured(reference, matching)),
      )
      const unrooted = unroots === true ? [...new Set(references.map((reference) => reference.to))] : []
      return { removed: { ...NOTHING, references, unrooted, withBoot: unrooted.length > 0 } }
    }
    case 'owner': {
      const nodes = [...nodesNamed(removal.names)].filter((node) => isReached(node, matching))
      return { removed: { ...NOTHING, references: referencesTo(nodes, matching), unrooted: nodes } }
    }
    case 'file': {
      const { parts, untested } = partsOfFiles(removal.globs, matching)
      return { removed: { ...NOTHING, parts }, ...(untested === undefined ? {} : { untested }) }
    }
    case 'initrd': {
      const { inside } = matching.side
      if (inside === undefined)
        return { removed: NOTHING, untested: 'the report was saved without what is in the initrd' }
      return { removed: { ...NOTHING, parts: partsOfInitrds(removal, matching) } }
    }
  }
}

/** Whether the configuration of a system made a reference: it chose a package, or generated a text. */
function isConfigured(reference: Reference, { sizes: { kinds } }: Matching): boolean {
  return kinds.of(reference) === 'chosen' || kinds.isGeneratedText(reference.to)
}

function isReached(node: number, { sizes: { tree } }: Matching): boolean {
  return tree.parent[node] !== UNREACHABLE
}

/** All references to some nodes from others that the roots reach. */
function referencesTo(targets: readonly number[], matching: Matching): Reference[] {
  return targets.flatMap((to) =>
    [...neighbours(matching.sizes.graph.referrers, to)]
      .filter((from) => from !== to && isReached(from, matching))
      .map((from) => ({ from, to })),
  )
}

function partsOfFiles(globs: readonly string[], { side, sizes }: Matching): { parts: FreedPart[]; untested?: string } {
  const subject = { kind: 'paths', name: globs.join(' '), globs } as const
  const measure = measureFor(subject, side)
  // Files that no account matches are not looked for in contents, because directories without files free nothing.
  const { parts, problem } = subjectParts(subject, measure === 'entries' ? side : withoutContents(side), measure)
  if (parts === undefined) return { parts: [], untested: problem }
  return {
    parts: parts.map(({ name, bytes, owner }) => {
      const node = owner === undefined ? -1 : numberOfKey(sizes.graph, owner)
      return { name, bytes, ...(node < 0 ? {} : { owner: node }) }
    }),
  }
}

function withoutContents({ contents: _, ...side }: CheckSide): CheckSide {
  return side
}

/**
 * The bytes of store paths in initrds. Where an initrd is a store path, of which the image has further copies, the same
 * part of each goes.
 */
function partsOfInitrds({ names, except = [] }: Removal & { kind: 'initrd' }, { side, sizes }: Matching): FreedPart[] {
  const [isNamed, isExcepted] = [names, except].map((globs) => {
    const matchers = globs.map(globMatcher)
    return (key: ByteString): boolean =>
      [nameOf(key), splitKey(key).pname].some((name) => matchers.some((matches) => matches(name)))
  })
  return (side.inside?.images ?? []).flatMap((image): FreedPart[] => {
    if (image.format !== 'initrd' || image.own === 0) return []
    const bytes = image.accounts
      .filter(({ owner }) => owner !== undefined && isNamed!(owner) && !isExcepted!(owner))
      .reduce((sum, { own }) => sum + own, 0)
    if (bytes === 0) return []
    const account = side.attribution.accounts.find(
      ({ owner, name }) => owner !== undefined && image.path.startsWith(`${name}/`),
    )
    const here = { name: image.path, bytes }
    if (account === undefined) return [here]
    const { owner } = account
    const node = numberOfKey(sizes.graph, owner!)
    const others = side.attribution.accounts.filter((other) => other.owner === owner && other !== account)
    const part = bytes / image.own
    return [here, ...others.map(({ name, own }) => ({ name, bytes: Math.round(part * own), owner: node }))]
  })
}

/** Whether a pattern matches, for entries of which we count nothing. */
export function isMatch(culprit: Culprit, matching: Matching): boolean {
  const { nodesNamed, filesNamed, side, sizes } = matching
  switch (culprit.kind) {
    case 'name':
      return [...nodesNamed([culprit.glob])].some((node) => isReached(node, matching))
    case 'reference': {
      const sources = nodesNamed([culprit.from])
      return referencesTo([...nodesNamed([culprit.to])], matching).some(({ from }) => sources.has(from))
    }
    case 'file':
      return filesNamed(culprit).length > 0
    case 'together':
      return culprit.names.every((glob) => [...nodesNamed([glob])].some((node) => isReached(node, matching)))
    case 'compressor':
      return culprit.of === 'squashfs'
        ? side.image.squashfs.some(({ compressor }) => compressor !== culprit.not)
        : (side.inside?.images ?? []).some(
            ({ format, facts }) =>
              format === 'initrd' && facts['compression'] !== undefined && facts['compression'] !== culprit.not,
          )
    case 'copies':
      return hasCopies(sizes.graph.keys)
  }
}

/** Whether two store paths are the same output of one package. */
function hasCopies(keys: readonly ByteString[]): boolean {
  const seen = new Set<string>()
  return keys.some((key) => {
    const { name, version, output } = packageOf(key)
    if (version === '') return false
    const text = `${name} ${output}`
    if (seen.has(text)) return true
    seen.add(text)
    return false
  })
}
