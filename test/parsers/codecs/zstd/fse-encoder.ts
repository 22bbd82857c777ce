import type { Reads } from './bits.ts'

/** Shares of 2^accuracyLog; -1 is "less than 1". */
export interface Shares {
  readonly accuracyLog: number
  readonly probabilities: readonly number[]
}

interface State {
  readonly symbol: number
  readonly bits: number
  readonly baseline: number
}

/** The table of RFC 8878 4.1.1, in the words of its example: the ordinary twin of `buildFseTable`. */
export function fseStates({ accuracyLog, probabilities }: Shares): State[] {
  const size = 2 ** accuracyLog
  const symbols: (number | undefined)[] = Array(size).fill(undefined)
  let last = size - 1
  probabilities.forEach((probability, symbol) => {
    if (probability === -1) symbols[last--] = symbol
  })
  let position = 0
  probabilities.forEach((probability, symbol) => {
    for (let share = 0; share < probability; share++) {
      symbols[position] = symbol
      do position = (position + size / 2 + size / 8 + 3) % size
      while (position > last)
    }
  })
  const states: State[] = []
  probabilities.forEach((probability, symbol) => {
    if (probability === 0) return
    const own = symbols.flatMap((other, state) => (other === symbol ? [state] : []))
    // "The lower states are given twice the width, as many as are missing to the next power of two."
    let power = 1
    while (power < own.length) power *= 2
    const twice = power - own.length
    const width = size / power
    own.forEach((state, index) => {
      const baseline = index < twice ? (own.length - twice) * width + index * 2 * width : (index - twice) * width
      states[state] = { symbol, baseline, bits: Math.log2(index < twice ? 2 * width : width) }
    })
  })
  return states
}

/** The states that decode to `symbols`: of the first, which is read whole, and what every update reads. */
export function fsePath(
  states: readonly State[],
  symbols: readonly number[],
  lastMustRead = false,
): { first: number; updates: Reads } {
  const updates: Reads = []
  let next = states.findIndex(({ symbol, bits }) => symbol === symbols.at(-1) && (bits > 0 || !lastMustRead))
  if (next === -1) throw new Error('no such state')
  for (const symbol of symbols.slice(0, -1).reverse()) {
    const state = states.findIndex(
      (candidate) =>
        candidate.symbol === symbol && next >= candidate.baseline && next < candidate.baseline + 2 ** candidate.bits,
    )
    updates.unshift([next - states[state]!.baseline, states[state]!.bits])
    next = state
  }
  return { first: next, updates }
}

/** FSE_Table_Description (RFC 8878 4.1.1). */
export function describeShares({ accuracyLog, probabilities }: Shares): Reads {
  const reads: Reads = [[accuracyLog - 5, 4]]
  let remaining = 2 ** accuracyLog
  for (let symbol = 0; remaining > 0; symbol++) {
    const probability = probabilities[symbol]!
    const value = probability + 1
    // Values 0 to remaining + 1: those below `short` and no others fit into one bit less.
    const bits = Math.floor(Math.log2(remaining + 1)) + 1
    const short = 2 ** bits - 1 - (remaining + 1)
    if (value < short) reads.push([value, bits - 1])
    else if (value < 2 ** (bits - 1)) reads.push([value, bits])
    else reads.push([value + short, bits])
    remaining -= Math.abs(probability)
    if (probability === 0) {
      let zeros = 0
      while (probabilities[symbol + 1 + zeros] === 0) zeros++
      symbol += zeros
      for (; zeros >= 3; zeros -= 3) reads.push([3, 2])
      reads.push([zeros, 2])
    }
  }
  return reads
}

/** Shares by chance that give every one of `symbols` at least one. */
export function randomShares(symbols: readonly number[], accuracyLog: number, random: () => number): Shares {
  const used = [...new Set(symbols)]
  const probabilities: number[] = Array(Math.max(...used) + 1).fill(0)
  for (const symbol of used) probabilities[symbol] = random() < 0.2 ? -1 : 1
  if (used.every((symbol) => probabilities[symbol] === -1)) probabilities[used[0]!] = 1
  let left = 2 ** accuracyLog - used.length
  if (left < 0) throw new Error('more symbols than states')
  const growing = used.filter((symbol) => probabilities[symbol] === 1)
  while (left > 0) {
    const share = Math.ceil(random() ** 2 * left)
    probabilities[growing[Math.floor(random() * growing.length)]!]! += share
    left -= share
  }
  return { accuracyLog, probabilities }
}
