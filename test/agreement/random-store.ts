import { closeSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { awkwardPath, contentWith, DIGITS, decoys, nameWith, targetWith } from './awkward-content.ts'
import type { Random } from './random.ts'

/** What is in a store, as a NAR holds it; names and targets as bytes, one a character. */
type Node =
  | { readonly type: 'file'; readonly bytes: Buffer; readonly isExecutable: boolean; readonly isSparse: boolean }
  | { readonly type: 'symlink'; readonly target: Buffer }
  | Directory
interface Directory {
  readonly type: 'directory'
  readonly entries: Map<string, Node>
}

/** A store path. */
export interface MadePath {
  /** Base name. */
  readonly base: string
  readonly node: Node
  /** Numbers of the paths it is registered to refer to, ascending. */
  readonly references: readonly number[]
  /** Numbers of the paths whose hashes are in it, ascending: found by looking for each of them everywhere. */
  readonly mentions: readonly number[]
}

/** Store paths [start, end) of a store, which were made to refer to each other. */
export interface MadeGraph {
  readonly shape: string
  readonly start: number
  readonly end: number
}

export interface MadeStore {
  readonly paths: readonly MadePath[]
  readonly graphs: readonly MadeGraph[]
}

/** Pairs of numbers below `count`: who refers to whom. */
interface Shape {
  readonly count: number
  readonly edges: readonly (readonly [number, number])[]
}

/** What graphs look like; those that Nix never builds, like cycles, among them. */
const SHAPES: Readonly<Record<string, (random: Random) => Shape>> = {
  'one path': (random) => ({ count: 1, edges: random.oneIn(2) ? [[0, 0]] : [] }),
  anything(random) {
    const count = 2 + random.below(5)
    return { count, edges: pairs(count, (from, to) => random.oneIn(from === to ? 5 : 3)) }
  },
  'no cycles': (random) => {
    const count = 3 + random.below(7)
    return { count, edges: pairs(count, (from, to) => (from === to ? random.oneIn(5) : from < to && random.oneIn(2))) }
  },
  diamonds: (random) => {
    const layers = [1, 2 + random.below(2), 1, 1 + random.below(3), 1]
    const layerOf = layers.flatMap((width, layer) => new Array<number>(width).fill(layer))
    return {
      count: layerOf.length,
      edges: pairs(
        layerOf.length,
        (from, to) => layerOf[to]! - layerOf[from]! === 1 || (from === to && !random.below(9)),
      ),
    }
  },
  star: (random) => {
    const kids = 2 + random.below(6)
    const last = kids + 1
    return { count: kids + 2, edges: pairs(kids + 2, (from, to) => from < to && (from === 0) !== (to === last)) }
  },
  ring: (random) => {
    const count = 2 + random.below(6)
    return { count, edges: pairs(count, (from, to) => to === (from + 1) % count || random.oneIn(8)) }
  },
  tree: (random) => {
    const count = 5 + random.below(8)
    return { count, edges: pairs(count, (from, to) => to > 0 && from === (to - 1) >> 1) }
  },
  'chain with shortcuts': (random) => {
    const count = 6 + random.below(12)
    return { count, edges: pairs(count, (from, to) => to === from + 1 || (to > from && random.oneIn(12))) }
  },
  'long chain with shortcuts': (random) => {
    const count = 25 + random.below(25)
    return { count, edges: pairs(count, (from, to) => to === from + 1 || (to > from && random.oneIn(count))) }
  },
}

/** Of eighteen graphs, so many have each shape. */
const MIX = [
  ...['one path', 'anything', 'anything', 'anything', 'anything', 'no cycles', 'no cycles', 'no cycles', 'diamonds'],
  ...['diamonds', 'star', 'star', 'ring', 'ring', 'tree', 'chain with shortcuts', 'chain with shortcuts'],
  'long chain with shortcuts',
]

function pairs(count: number, wanted: (from: number, to: number) => boolean): [number, number][] {
  const found: [number, number][] = []
  for (let from = 0; from < count; from += 1) {
    for (let to = 0; to < count; to += 1) if (wanted(from, to)) found.push([from, to])
  }
  return found
}

/** How many bytes of big files a store may have. */
const BIG_FILES = 6 << 20

/** Makes a store with as many graphs as there are in the mix. */
export function randomStore(random: Random, blockSize: number): MadeStore {
  const graphs: MadeGraph[] = []
  const edges: (readonly [number, number])[] = []
  for (const shape of MIX) {
    const start = graphs.at(-1)?.end ?? 0
    const { count, edges: own } = SHAPES[shape]!(random)
    graphs.push({ shape, start, end: start + count })
    for (const [from, to] of own) edges.push([start + from, start + to])
  }
  const bases = randomNames(random, graphs.at(-1)!.end)
  const hashes = bases.map((base) => base.slice(0, 32))
  const budget = { left: BIG_FILES }
  const nodes = bases.map((_, number) => {
    const wanted = random.shuffled(edges.filter(([from]) => from === number).map(([, to]) => hashes[to]!))
    return randomNode(random, wanted, hashes, blockSize, budget)
  })
  const paths = bases.map((base, number): MadePath => {
    const mentions = mentionsIn(nodes[number]!, hashes)
    const { start, end } = graphs.find((graph) => number < graph.end)!
    const references = new Set(mentions)
    // A reference without text, as derivations have, and text without a reference, as sources have.
    if (random.oneIn(12)) references.add(start + random.below(end - start))
    for (const mention of mentions) if (random.oneIn(40)) references.delete(mention)
    return { base, node: nodes[number]!, mentions, references: [...references].sort((a, b) => a - b) }
  })
  return { paths, graphs }
}

/** Base names, some with hashes that differ in one digit, overlap, or repeat one digit. */
function randomNames(random: Random, count: number): string[] {
  const hashes = new Set<string>()
  const digit = (): string => random.pick([...DIGITS])
  let previous = ''
  while (hashes.size < count) {
    const fresh = Array.from({ length: 32 }, digit).join('')
    const kind = previous === '' ? 9 : random.below(24)
    if (kind === 0) previous = previous.slice(1) + digit()
    else if (kind === 1) previous = previous.slice(0, 31) + digit()
    else if (kind === 2) previous = digit() + previous.slice(1)
    else if (kind === 3) previous = digit().repeat(32)
    else previous = fresh
    hashes.add(previous)
  }
  const names = ['a', 'glibc-2.42', 'x.conf', '0', 'unit-a.service', 'A_b+c?d=e', 'n'.repeat(211)]
  return [...hashes].map((hash) => `${hash}-${random.pick(names)}`)
}

function randomNode(
  random: Random,
  wanted: readonly string[],
  hashes: readonly string[],
  blockSize: number,
  budget: { left: number },
): Node {
  const borders = (): number[] => {
    const small = [4096, ...(blockSize <= 131072 ? [blockSize] : [])]
    const big = [131072, 1 << 20, blockSize].filter((border) => 2 * border < budget.left)
    return random.oneIn(8) ? big : small
  }
  const file = (own: readonly string[]): Node => {
    const { bytes, isSparse } = contentWith(random, own, borders())
    if (bytes.length > 65536) budget.left -= bytes.length
    return { type: 'file', bytes, isSparse, isExecutable: random.oneIn(3) }
  }
  const simple = wanted.length > 0 && wanted.length < 9 ? random.below(12) : 2
  if (simple === 0) return file(wanted)
  if (simple === 1) return { type: 'symlink', target: targetWith(random, wanted) }

  const top: Directory = { type: 'directory', entries: new Map() }
  let left = wanted
  while (left.length > 0) {
    const together = left.slice(0, random.oneIn(3) ? 1 + random.below(3) : 1)
    left = left.slice(together.length)
    const kind = random.below(10)
    const path = awkwardPath(random)
    if (kind === 0) {
      // In names alone; of a directory, too, and of one with something in it.
      for (const hash of together) path.splice(random.below(path.length + 1), 0, nameWith(random, hash))
      insert(top, path, random.oneIn(2) ? { type: 'directory', entries: new Map() } : file([random.pick(hashes)]))
    } else if (kind < 3) {
      insert(top, path, { type: 'symlink', target: targetWith(random, together) })
    } else {
      const node = file(together)
      insert(top, path, node)
      // The same file again is stored once.
      if (random.oneIn(9)) insert(top, awkwardPath(random), node)
    }
  }
  if (random.oneIn(3)) {
    for (const bytes of decoys(random, random.pick(hashes))) {
      insert(top, awkwardPath(random), { type: 'file', bytes, isExecutable: false, isSparse: false })
    }
  }
  if (random.oneIn(9)) insert(top, awkwardPath(random), { type: 'directory', entries: new Map() })
  return top
}

/** Puts something into a directory, under another name where the name is taken. */
function insert(top: Directory, path: readonly string[], node: Node): void {
  let at = top
  for (const [depth, wanted] of path.entries()) {
    const isLast = depth === path.length - 1
    let name = wanted
    for (;;) {
      const there = at.entries.get(name)
      if (there === undefined || (!isLast && there.type === 'directory')) break
      name = `${name.slice(0, 200)}'`
    }
    if (isLast) at.entries.set(name, node)
    else {
      const next = at.entries.get(name) ?? { type: 'directory', entries: new Map() }
      at.entries.set(name, next)
      at = next as Directory
    }
  }
}

/** The numbers of the hashes in what a NAR holds of a store path: names, contents and targets. */
function mentionsIn(top: Node, hashes: readonly string[]): number[] {
  const texts: Buffer[] = []
  const visit = (node: Node): void => {
    if (node.type === 'file') texts.push(node.bytes)
    else if (node.type === 'symlink') texts.push(node.target)
    else {
      for (const [name, child] of node.entries) {
        texts.push(Buffer.from(name, 'latin1'))
        visit(child)
      }
    }
  }
  visit(top)
  const long = texts.filter(({ length }) => length >= 32)
  return hashes.flatMap((hash, number) => (long.some((text) => text.includes(hash, 0, 'latin1')) ? [number] : []))
}

/** Bytes of the NAR of a store path (notes: 24 bytes of magic, and each string behind its length, padded to 8). */
export function narSize(node: Node): number {
  const string = (length: number): number => 8 + Math.ceil(length / 8) * 8
  const words = (...texts: string[]): number => texts.reduce((sum, text) => sum + string(text.length), 0)
  const sizeOf = (inner: Node): number => {
    if (inner.type === 'file') {
      const executable = inner.isExecutable ? words('executable', '') : 0
      return words('(', 'type', 'regular', 'contents', ')') + executable + string(inner.bytes.length)
    }
    if (inner.type === 'symlink') return words('(', 'type', 'symlink', 'target', ')') + string(inner.target.length)
    let sum = words('(', 'type', 'directory', ')')
    for (const [name, child] of inner.entries) {
      sum += words('entry', '(', 'name', 'node', ')') + string(name.length) + sizeOf(child)
    }
    return sum
  }
  return words('nix-archive-1') + sizeOf(node)
}

/** Writes the store paths into a directory. */
export function writeStore({ paths }: MadeStore, folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const { base, node } of paths) writeNode(Buffer.from(`${folder}/${base}`), node)
}

function writeNode(path: Buffer, node: Node): void {
  if (node.type === 'symlink') symlinkSync(node.target, path)
  else if (node.type === 'directory') {
    mkdirSync(path)
    for (const [name, child] of node.entries) {
      writeNode(Buffer.concat([path, Buffer.from(`/${name}`, 'latin1')]), child)
    }
  } else {
    const mode = node.isExecutable ? 0o755 : 0o644
    if (!node.isSparse) writeFileSync(path, node.bytes, { mode })
    else {
      const descriptor = openSync(path, 'w', mode)
      for (let at = 0; at < node.bytes.length; at += 4096) {
        const piece = node.bytes.subarray(at, at + 4096)
        if (piece.some((byte) => byte !== 0)) writeSync(descriptor, piece, 0, piece.length, at)
      }
      closeSync(descriptor)
      truncateSync(path, node.bytes.length)
    }
  }
}

/**
 * A registration with the references that `wanted` accepts. Its hashes are not those of the contents, which nobody
 * checks, and are written in each of Nix's ways.
 */
export function registrationOf(
  { paths }: MadeStore,
  wanted: (from: number, to: number) => boolean = () => true,
): string {
  const forms = [`sha256:${'1'.repeat(52)}`, '2'.repeat(64), `sha256-${'A'.repeat(43)}=`, `sha256:${'3'.repeat(64)}`]
  const records = paths.map(({ base, node, references }, number) => {
    const own = references.filter((reference) => wanted(number, reference))
    const deriver = number % 5 === 0 ? `/nix/store/${base.slice(0, 32)}-a.drv` : ''
    const lines = [`/nix/store/${base}`, forms[number % 4], narSize(node), deriver, own.length]
    return [...lines, ...own.map((reference) => `/nix/store/${paths[reference]!.base}`)].join('\n')
  })
  return `${records.join('\n')}\n`
}
