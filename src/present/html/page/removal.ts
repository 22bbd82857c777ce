import { type Freed, freedWithout } from '../../../analyses/advise/freed.ts'
import { NOTHING, type Removed as RemovedParts } from '../../../analyses/advise/removed.ts'
import { neighbours, type Reference } from '../../../graph/reference-graph.ts'
import type { PageAdvice, PageRemoved } from '../page-data.ts'
import type { GraphModel, ImageModel } from './image-model.ts'

/** Something that the reader pretends to remove: an owner, references between owners, or what an item of the advice removes. */
export type Removed =
  | { readonly kind: 'owner'; readonly owner: number }
  | { readonly kind: 'references'; readonly references: readonly Reference[] }
  | { readonly kind: 'advice'; readonly id: string }

/**
 * What goes without all of these: what `isoscope without` answers for the same owners and references, and
 * `isoscope advise` for its items.
 */
export function withoutRemoved({ graph, data }: ImageModel, removed: readonly Removed[]): Freed | undefined {
  if (graph === undefined || removed.length === 0) return undefined
  return freedWithout(
    removed.map((one) => partsOf(one, graph, data.advice)),
    graph.sizes,
  )
}

function partsOf(removed: Removed, { sizes }: GraphModel, advice: PageAdvice | undefined): RemovedParts {
  switch (removed.kind) {
    case 'owner': {
      const { owner: to } = removed
      const references = Array.from(neighbours(sizes.graph.referrers, to), (from) => ({ from, to }))
      return { ...NOTHING, references, unrooted: [to] }
    }
    case 'references':
      return { ...NOTHING, references: removed.references }
    case 'advice':
      return partsOfAdvice(advice!, advice!.items.find(({ id }) => id === removed.id)!.removes!)
  }
}

function partsOfAdvice(
  { parts: all }: PageAdvice,
  { references, unrooted, withBoot, parts }: PageRemoved,
): RemovedParts {
  return {
    references: references.map(([from, to]) => ({ from, to })),
    unrooted,
    withBoot,
    parts: parts.map((index) => {
      const owner = all.owners[index]!
      return { name: String(index), bytes: all.bytes[index]!, ...(owner < 0 ? {} : { owner }) }
    }),
  }
}

/** Whether two removals are the same. */
export function isSameRemoval(one: Removed, other: Removed): boolean {
  return removalText(one) === removalText(other)
}

/**
 * A removal in few characters, for a link: "12" for an owner, "3-4+5-6" for references, by numbers of owners; the id of
 * an item of the advice, which is no number.
 */
export function removalText(removed: Removed): string {
  switch (removed.kind) {
    case 'owner':
      return String(removed.owner)
    case 'references':
      return removed.references.map(({ from, to }) => `${from}-${to}`).join('+')
    case 'advice':
      return removed.id
  }
}

/** The removal that a text says; undefined if it says none of this image. */
export function readRemoval(text: string, { owners, data }: ImageModel): Removed | undefined {
  const isOwner = (number: number): boolean => Number.isInteger(number) && number >= 0 && number < owners.labels.length
  if (/^\d+$/.test(text)) return isOwner(Number(text)) ? { kind: 'owner', owner: Number(text) } : undefined
  if (!/^\d+-\d+(\+\d+-\d+)*$/.test(text)) {
    const item = data.advice?.items.find(({ id }) => id === text)
    return item?.removes === undefined ? undefined : { kind: 'advice', id: text }
  }
  const references = text.split('+').map((pair) => {
    const [from, to] = pair.split('-').map(Number)
    return { from: from!, to: to! }
  })
  return references.every(({ from, to }) => isOwner(from) && isOwner(to))
    ? { kind: 'references', references }
    : undefined
}

/** What a removal is called. */
export function removalName(removed: Removed, { owners, data }: ImageModel): string {
  if (removed.kind === 'advice') return data.advice!.items.find(({ id }) => id === removed.id)!.title
  if (removed.kind === 'owner') return owners.labels[removed.owner]!
  const [first] = removed.references
  const more = removed.references.length - 1
  return `${owners.labels[first!.from]} → ${owners.labels[first!.to]}${more === 0 ? '' : ` +${more}`}`
}
