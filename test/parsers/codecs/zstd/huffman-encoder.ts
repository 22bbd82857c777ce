import { backwardStream, forwardStream, type Reads } from './bits.ts'
import { describeShares, fsePath, fseStates, randomShares } from './fse-encoder.ts'

/** For each literal the length of its code, 0 for none. */
export interface Tree {
  readonly maxBits: number
  readonly lengths: readonly number[]
}

/** A complete tree by chance that has a code for every one of `literals`. */
export function randomTree(literals: readonly number[], random: () => number): Tree {
  const used = new Set(literals)
  while (used.size < 2 || random() < 0.3) used.add(Math.floor(random() * 256))
  const leaves = [0]
  while (leaves.length < used.size) {
    const index = random() < 0.5 ? leaves.indexOf(Math.min(...leaves)) : Math.floor(random() * leaves.length)
    const depth = leaves[index]!
    if (depth < 11) leaves.splice(index, 1, depth + 1, depth + 1)
  }
  const lengths: number[] = Array(256).fill(0)
  for (const literal of used) lengths[literal] = leaves.splice(Math.floor(random() * leaves.length), 1)[0]!
  return { maxBits: Math.max(...lengths), lengths }
}

/** Huffman_Tree_Description (RFC 8878 4.2.1), or nothing where neither of its forms can hold the tree. */
export function describeTree({ maxBits, lengths }: Tree, random: () => number): number[] | undefined {
  const weights = lengths.map((length) => (length === 0 ? 0 : maxBits + 1 - length))
  const last = weights.findLastIndex((weight) => weight > 0)
  const told = weights.slice(0, last)
  if (told.length <= 128 && random() < 0.5) {
    const halves = [...told, 0]
    const bytes = Array.from({ length: Math.ceil(told.length / 2) }, (_, i) => halves[2 * i]! * 16 + halves[2 * i + 1]!)
    return [127 + told.length, ...bytes]
  }
  // Both states need a weight, and the last but one a state that reads something, so not the only weight.
  if (told.length < 2 || new Set(told).size < 2) return undefined
  const shares = randomShares(told, 6, random)
  const states = fseStates(shares)
  const even = told.filter((_, index) => index % 2 === 0)
  const odd = told.filter((_, index) => index % 2 === 1)
  const lastButOneIsEven = told.length % 2 === 0
  const paths = [fsePath(states, even, lastButOneIsEven), fsePath(states, odd, !lastButOneIsEven)] as const
  const reads: Reads = [
    [paths[0].first, 6],
    [paths[1].first, 6],
  ]
  for (let index = 0; index < told.length - 2; index++) reads.push(paths[index % 2]!.updates[index >> 1]!)
  const bytes = [...forwardStream(describeShares(shares)), ...backwardStream(reads)]
  return bytes.length < 128 ? [bytes.length, ...bytes] : undefined
}

/** Codes in the order of RFC 8878 4.2.1.3: longest first, then by literal, each one more than the one before. */
export function huffmanStream({ maxBits, lengths }: Tree, literals: readonly number[]): number[] {
  const codes: number[] = []
  let code = 0
  for (let length = maxBits; length > 0; length--) {
    lengths.forEach((other, literal) => {
      if (other === length) codes[literal] = code++
    })
    code >>>= 1
  }
  return backwardStream(literals.map((literal) => [codes[literal]!, lengths[literal]!]))
}
