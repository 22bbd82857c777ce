import { nameOf } from '../owners/names.ts'
import { toplevelOf } from '../owners/roots.ts'
import { chainsOver } from './advise/chain.ts'
import { filesByGlob } from './advise/files-by-glob.ts'
import { type Followed, follow } from './advise/follow.ts'
import { type Freed, freedWithout } from './advise/freed.ts'
import type { Hint } from './advise/hint.ts'
import { HINT_TABLE, withIncluded } from './advise/hint-table.ts'
import { type MatchedHint, type MatchedTable, matchTable } from './advise/matched-hint.ts'
import { nodesByGlob } from './advise/names-by-glob.ts'
import { doubtAbout, kernelIn, releaseIn } from './advise/release.ts'
import { type Removed, together } from './advise/removed.ts'
import { type WithOthers, withOthers } from './advise/with-others.ts'
import { bytesBeside, type GraphSizes } from './graph-sizes.ts'
import type { CheckSide } from './subject-parts.ts'

/** An entry of the table that applies to an image, and what following it brings. */
export interface AdviceItem {
  readonly hint: Hint
  /** What its options remove, and those of the entries that it includes. */
  readonly removed: Removed
  /** What goes if it is followed alone. */
  readonly alone: Freed
  /** What it frees more if others are followed too; undefined if that is little. */
  readonly withOthers: WithOthers | undefined
  /** Bytes that go if it is followed after all entries above it that are followed. */
  readonly cumulative: number
  readonly isFollowed: boolean
  /** Why it is not followed. */
  readonly reason: string | undefined
  /** Why it may not hold for the release of the image. */
  readonly doubt: string | undefined
  /** The store paths on a shortest way from a root over a reference that its options remove. */
  readonly chain: readonly number[]
  /** Files that show it. */
  readonly files: MatchedHint['files']
}

/** An entry of the table that applies, of which we cannot tell what it frees. */
export type UncountedItem = Pick<AdviceItem, 'hint' | 'doubt' | 'isFollowed' | 'reason'>

/** What to change in the configuration of a NixOS image. */
export interface Advice {
  /** Its release, as "26.11", and the version of its kernel, as "6.18"; undefined if it does not say. */
  readonly release: string | undefined
  readonly kernel: string | undefined
  /** Most bytes first, alone or once others are followed. */
  readonly items: readonly AdviceItem[]
  readonly uncounted: readonly UncountedItem[]
  readonly untested: MatchedTable['untested']
  /** What goes with all entries that are followed, and the module that does it. */
  readonly followed: Followed
  readonly total: Freed
  /** The bytes of each store path that go with it: those that references hold. */
  readonly own: Float64Array
}

/** If the user names no entries, those that free less than this part of the image are not followed. */
const WORTHWHILE = 1 / 1000
const LITTLE = 'frees little'

/** The name of the NixOS system in an image; undefined if it has none. */
export function nixosSystemIn({ roots }: CheckSide, { graph }: Pick<GraphSizes, 'graph'>): string | undefined {
  const systems = roots.filter(({ node }) => nameOf(graph.keys[node]!).startsWith('nixos-system-'))
  const toplevel = toplevelOf(systems) ?? systems[0]?.node
  return toplevel === undefined ? undefined : nameOf(graph.keys[toplevel]!)
}

/** The table, matched against an image. */
export function matchHints(side: CheckSide, sizes: GraphSizes): MatchedTable {
  const nodesNamed = nodesByGlob(sizes.graph.keys)
  return matchTable(HINT_TABLE, { side, sizes, nodesNamed, filesNamed: filesByGlob(side) })
}

/**
 * What to change in the configuration of an image so that it gets smaller, by the table of NixOS options. The bytes are
 * computed from the references of the image.
 * @param side with its files and what is inside, for the entries about files
 * @param apply ids of entries; only these are told and followed, even if they are experimental
 */
export function advise(side: CheckSide, sizes: GraphSizes, apply?: readonly string[]): Advice {
  const { applying: all, untested } = matchHints(side, sizes)
  const applying = apply === undefined ? all : all.filter(({ hint }) => apply.includes(hint.id))
  const removedOf = new Map(all.map((matched) => [matched.hint.id, matched.removed]))
  const release = releaseIn(nixosSystemIn(side, sizes) ?? '') ?? releaseIn(side.image.label ?? '')
  const kernel = kernelIn(sizes)
  const freed = (some: readonly Removed[]): Freed => freedWithout(some, sizes)

  const counted = applying
    .filter(({ hint }) => hint.removes.length > 0)
    .map(({ hint, files }) => {
      const removed = together(withIncluded(hint).flatMap(({ id }) => removedOf.get(id) ?? []))
      return { hint, files, removed, alone: freed([removed]), doubt: doubtAbout(hint, release) }
    })
  const measured = counted.map((one) => ({ ...one, withOthers: withOthers(one, counted, freed) }))
  const gain = ({ alone, withOthers: more }: (typeof measured)[number]): number =>
    Math.max(alone.bytes, more?.bytes ?? 0)
  measured.sort((a, b) => gain(b) - gain(a) || b.alone.bytes - a.alone.bytes)
  const uncounted = applying
    .filter(({ hint }) => hint.removes.length === 0)
    .map(({ hint }) => ({ hint, doubt: doubtAbout(hint, release) }))

  const worthwhile = side.image.size * WORTHWHILE
  const withoutName = (one: { readonly hint: Hint; readonly doubt: string | undefined }, bytesOf: number) =>
    apply === undefined ? reasonAgainst(one.hint, one.doubt, bytesOf < worthwhile) : undefined
  const askedFor = new Map([
    ...measured.map((one) => [one.hint.id, withoutName(one, gain(one))] as const),
    ...uncounted.map((one) => [one.hint.id, withoutName(one, Number.POSITIVE_INFINITY)] as const),
  ])
  // An entry that is worth it only together with others is followed only if these can be.
  for (const { hint, alone, withOthers: more } of measured) {
    if (apply !== undefined || more === undefined || alone.bytes >= worthwhile) continue
    const missing = more.ids.find((id) => askedFor.get(id) !== undefined)
    if (missing !== undefined) askedFor.set(hint.id, `it frees little without ${missing}`)
  }
  // What an entry needs is followed for it.
  for (const { hint } of measured) {
    if (askedFor.get(hint.id) !== undefined) continue
    for (const id of hint.needs) if (askedFor.get(id) === LITTLE) askedFor.set(id, undefined)
  }
  const hints = [...measured, ...uncounted].map(({ hint }) => hint)
  const followed = follow(hints, {
    askedFor,
    applying: new Set(removedOf.keys()),
    refusals: HINT_TABLE.refusals,
    kernel,
  })
  const outcome = ({ id }: Hint) => ({ isFollowed: followed.ids.has(id), reason: followed.reasons.get(id) })

  const chainOver = chainsOver(sizes)
  const above: Removed[] = []
  const items = measured.map((one): AdviceItem => {
    const state = outcome(one.hint)
    const cumulative = freed([...above, one.removed]).bytes
    if (state.isFollowed) above.push(one.removed)
    return { ...one, ...state, cumulative, chain: chainOver(one.removed) }
  })
  return {
    release,
    kernel,
    items,
    uncounted: uncounted.map((one) => ({ ...one, ...outcome(one.hint) })),
    untested: apply === undefined ? untested : untested.filter(({ hint }) => apply.includes(hint.id)),
    followed,
    total: freed(above),
    own: sizes.own.map((own, node) => own - bytesBeside(sizes, node)),
  }
}

/** Why an entry is not followed unless the user names it. */
function reasonAgainst(hint: Hint, doubt: string | undefined, isLittle: boolean): string | undefined {
  const { experimental, byName, edit, uncounted } = hint
  if (uncounted !== undefined) return uncounted
  if (experimental) return 'experimental'
  if (byName !== undefined) return byName
  if (edit !== undefined) return 'needs an edit'
  if (doubt !== undefined) return 'uncertain for this release'
  return isLittle ? LITTLE : undefined
}
