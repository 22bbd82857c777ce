import { type Removal, type Without, without } from '../../../analyses/without.ts'
import type { ImageModel } from './image-model.ts'

/** Something that the reader pretends to remove: an owner, or references between owners. */
export type Removed =
  | { readonly kind: 'owner'; readonly owner: number }
  | { readonly kind: 'references'; readonly references: Removal['references'] }

/** What goes without all of these: what `isoscope without` answers for the same owners and references. */
export function withoutRemoved({ graph }: ImageModel, removed: readonly Removed[]): Without | undefined {
  if (graph === undefined || removed.length === 0) return undefined
  return without(graph.sizes, {
    owners: removed.flatMap((one) => (one.kind === 'owner' ? [one.owner] : [])),
    references: removed.flatMap((one) => (one.kind === 'references' ? one.references : [])),
  })
}

/** Whether two removals are the same. */
export function isSameRemoval(one: Removed, other: Removed): boolean {
  return removalText(one) === removalText(other)
}

/** A removal in few characters, for a link: "12" for an owner, "3-4+5-6" for references, by numbers of owners. */
export function removalText(removed: Removed): string {
  if (removed.kind === 'owner') return String(removed.owner)
  return removed.references.map(({ from, to }) => `${from}-${to}`).join('+')
}

/** The removal that a text says; undefined if it says none of this image. */
export function readRemoval(text: string, { owners }: ImageModel): Removed | undefined {
  const isOwner = (number: number): boolean => Number.isInteger(number) && number >= 0 && number < owners.labels.length
  if (/^\d+$/.test(text)) return isOwner(Number(text)) ? { kind: 'owner', owner: Number(text) } : undefined
  if (!/^\d+-\d+(\+\d+-\d+)*$/.test(text)) return undefined
  const references = text.split('+').map((pair) => {
    const [from, to] = pair.split('-').map(Number)
    return { from: from!, to: to! }
  })
  return references.every(({ from, to }) => isOwner(from) && isOwner(to))
    ? { kind: 'references', references }
    : undefined
}
