/** A queue that gives what has the largest number first: a binary heap (Williams, "Algorithm 232: Heapsort", 1964). */
export class LargestFirst<Item> {
  readonly #items: { readonly item: Item; readonly size: number }[] = []

  get size(): number {
    return this.#items.length
  }

  push(item: Item, size: number): void {
    const items = this.#items
    let at = items.length
    while (at > 0) {
      const above = (at - 1) >>> 1
      if (items[above]!.size >= size) break
      items[at] = items[above]!
      at = above
    }
    items[at] = { item, size }
  }

  /** Takes the item with the largest number out; undefined if there is none. */
  pop(): Item | undefined {
    const items = this.#items
    const first = items[0]?.item
    const last = items.pop()
    if (last === undefined || items.length === 0) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below + 1 < items.length && items[below + 1]!.size > items[below]!.size) below += 1
      if (below >= items.length || items[below]!.size <= last.size) break
      items[at] = items[below]!
      at = below
    }
    items[at] = last
    return first
  }
}
