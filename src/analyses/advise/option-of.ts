import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { numberOfKey } from '../../graph/reference-graph.ts'
import type { Inventory } from '../../inventory/take-inventory.ts'
import { matchHints } from '../advise.ts'
import { sizesOfInventory } from '../graph-sizes.ts'
import { freedWithout } from './freed.ts'
import { withIncluded } from './hint-table.ts'
import type { NamedOption } from './named-option.ts'
import { together } from './removed.ts'

/**
 * For each store path, the option of the entry that frees it and least besides. If no entry alone frees it, that of the
 * first entry that removes a reference to it. Undefined for most paths, and without references.
 */
export function optionsIn(inventory: Inventory): (key: ByteString) => NamedOption | undefined {
  const { references } = inventory
  if (references === undefined) return () => undefined
  const sizes = sizesOfInventory(inventory, references)
  const { applying } = matchHints(inventory, sizes)
  const removedOf = new Map(applying.map(({ hint, removed }) => [hint.id, removed]))
  const entries = applying
    .filter(({ hint }) => hint.options.length > 0 && hint.removes.length > 0)
    .map(({ hint, removed: own }) => {
      const removed = together(withIncluded(hint).flatMap(({ id }) => removedOf.get(id) ?? []))
      return { hint, own, freed: freedWithout([removed], sizes) }
    })
  const isGentle = ({ hint }: (typeof entries)[number]): boolean => !hint.experimental && hint.byName === undefined
  const inOrder = [...entries].sort(
    (a, b) => Number(isGentle(b)) - Number(isGentle(a)) || a.freed.bytes - b.freed.bytes,
  )
  const gentle = entries.filter(isGentle)
  return (key) => {
    const node = numberOfKey(sizes.graph, key)
    if (node < 0) return undefined
    const enough = inOrder.find(({ freed }) => freed.nodes.includes(node))
    const found = enough ?? [...gentle, ...entries].find(({ own }) => own.references.some(({ to }) => to === node))
    if (found === undefined) return undefined
    return { id: found.hint.id, name: found.hint.options[0]!.name, isEnough: enough !== undefined }
  }
}
