import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Reference } from '../../graph/reference-graph.ts'

/** Bytes that go though no reference holds them: a file of the image or of a store path, or a part of an initrd. */
export interface FreedPart {
  readonly name: ByteString
  readonly bytes: number
  /** The node of the store path that it lies in. If that goes, its bytes are counted there. */
  readonly owner?: number
}

/** What the options of an entry remove from an image. */
export interface Removed {
  readonly references: readonly Reference[]
  /** Nodes that are no roots any more. */
  readonly unrooted: readonly number[]
  /** Whether the boot loader's copies of what goes go too. */
  readonly withBoot: boolean
  readonly parts: readonly FreedPart[]
}

export const NOTHING: Removed = { references: [], unrooted: [], withBoot: false, parts: [] }

export function isNothing({ references, unrooted, parts }: Removed): boolean {
  return references.length === 0 && unrooted.length === 0 && parts.length === 0
}

/** What goes if several things are removed, each thing once. */
export function together(all: readonly Removed[]): Removed {
  const references = new Map(all.flatMap((one) => one.references.map((each) => [`${each.from} ${each.to}`, each])))
  const parts = new Map(all.flatMap((one) => one.parts.map((part) => [idOfPart(part), part])))
  return {
    references: [...references.values()],
    unrooted: [...new Set(all.flatMap(({ unrooted }) => unrooted))],
    withBoot: all.some(({ withBoot }) => withBoot),
    parts: [...parts.values()],
  }
}

/** Tells a part from others. */
export function idOfPart({ owner, name }: FreedPart): string {
  return `${owner} ${name}`
}
