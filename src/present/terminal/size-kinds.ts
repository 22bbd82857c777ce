import type { GraphSizes } from '../../analyses/graph-sizes.ts'

/** The sizes that lists show and sort by, in the order of the key that changes them. */
export const SIZE_KINDS = ['retained', 'own', 'unpacked'] as const
export type SizeKind = (typeof SIZE_KINDS)[number]

/** The sizes of a row in bytes; those that nobody knows are absent. */
export type RowSizes = Partial<Readonly<Record<SizeKind, number>>>

/** The sizes of an owner. */
export function sizesOfOwner(sizes: GraphSizes, node: number): RowSizes {
  return { retained: sizes.retained[node]!, own: sizes.own[node]!, unpacked: sizes.unpacked[node]! }
}
