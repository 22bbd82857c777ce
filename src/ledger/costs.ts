import { lastAtOrBefore } from '../../parsers/bytes/last-at-or-before.ts'
import type { ByteSource, SourceRun } from '../../parsers/bytes/source.ts'
import type { StreamBlocks } from '../../parsers/bytes/stream-blocks.ts'

/** Costs are whole numbers of this part of a stored byte, so that they add up exactly. */
const UNIT = 1 / 1024

/**
 * What the bytes of a source cost in a file: the stored bytes that they come from. In a compressed block, each byte of
 * content costs the same; a block that compresses well costs little. In units of 1/1024 byte.
 */
export interface Costs {
  /** The cost of the bytes [start, start + length) of the source. */
  of(start: number, length: number): number
  /** The cost of stored bytes that decompress to nothing, such as headers. It belongs to no byte of the source. */
  readonly beside: number
}

/** The stored bytes that bytes of a source cost. */
export function storedBytes(costs: Costs, start: number, length: number): number {
  return Math.round(costs.of(start, length) * UNIT)
}

/**
 * The costs of the bytes of a source in another one that they come from; undefined if they are stored there as they are,
 * so that each byte costs one.
 */
export function costsOf(source: ByteSource, file: ByteSource): Costs | undefined {
  const { origin, size } = source
  if (source === file) return undefined
  switch (origin.kind) {
    case 'root':
      return undefined
    case 'slice': {
      const outer = costsOf(origin.source, file)
      const { offset } = origin
      return outer && { of: (start, length) => outer.of(offset + start, length), beside: 0 }
    }
    case 'blocks':
      return stepCosts(stepsOfRuns(origin.runs, costOfStored(origin.source, file)), size)
    case 'stream':
      return stepCosts(stepsOfStream(origin.blocks, costOfStored(origin.source, file)), size)
  }
}

/** The cost of bytes of a source in stored bytes, with a fraction. */
type CostOfStored = (offset: number, length: number) => number

function costOfStored(source: ByteSource, file: ByteSource): CostOfStored {
  const costs = costsOf(source, file)
  return costs === undefined ? (_, length) => length : (offset, length) => costs.of(offset, length) * UNIT
}

/** The next bytes of a source, and the stored bytes that they cost. */
interface Step {
  readonly length: number
  readonly cost: number
}

/** A run costs its stored bytes. If several files share its block, it costs its part of the block. */
function* stepsOfRuns(runs: readonly SourceRun[], costOf: CostOfStored): Generator<Step> {
  for (const { offset, storedLength, length, unpackedLimit, fragment } of runs) {
    const cost = costOf(offset, storedLength)
    yield { length, cost: fragment === true ? (cost * length) / Math.max(unpackedLimit, length) : cost }
  }
}

/** A block of a stream costs its stored bytes, as do headers, which unpack to nothing. */
function* stepsOfStream({ count, storedStarts, unpackedStarts }: StreamBlocks, costOf: CostOfStored): Generator<Step> {
  for (let block = 0; block < count; block += 1) {
    const stored = storedStarts[block]!
    yield {
      length: unpackedStarts[block + 1]! - unpackedStarts[block]!,
      cost: costOf(stored, storedStarts[block + 1]! - stored),
    }
  }
}

/** Adds up the costs of steps. Each sum is rounded, so the costs of ranges add up to those of their union. */
function stepCosts(steps: Iterable<Step>, size: number): Costs {
  const starts: number[] = [0]
  const sums: number[] = [0]
  let start = 0
  let sum = 0
  let beside = 0
  for (const { length, cost } of steps) {
    if (length === 0) {
      beside += cost
      continue
    }
    start += length
    sum += cost
    starts.push(start)
    sums.push(Math.round(sum / UNIT))
  }
  let step = 0
  const sumBefore = (position: number): number => {
    const at = Math.min(position, start)
    // Callers mostly go forward, so the next step is near.
    if (starts[step]! > at) step = 0
    if (starts[step + 1]! < at) step = lastAtOrBefore(starts, at)
    const from = starts[step]!
    const to = starts[step + 1]
    if (to === undefined || at === from) return sums[step]!
    return sums[step]! + Math.round(((sums[step + 1]! - sums[step]!) * (at - from)) / (to - from))
  }
  return {
    of: (from, length) => sumBefore(Math.min(from + length, size)) - sumBefore(from),
    beside: Math.round(beside / UNIT),
  }
}

/** Costs of a source of which only some bytes count, one each. @param ranges those bytes: [start, end), ascending */
export function costsOfRanges(ranges: Iterable<readonly [number, number]>): Costs {
  const counted: Step[] = []
  let at = 0
  for (const [start, end] of ranges) {
    counted.push({ length: start - at, cost: 0 }, { length: end - start, cost: end - start })
    at = end
  }
  return stepCosts(counted, Number.POSITIVE_INFINITY)
}
