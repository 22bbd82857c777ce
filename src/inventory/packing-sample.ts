import { asFormatError, type FormatError } from '../../parsers/bytes/errors.ts'
import type { OpenImage } from '../images/open-image.ts'
import { blocksOf, contentOf, type PackingUnit, packingUnits } from '../images/packing-units.ts'

/** A way to pack the data of a squashfs. */
export interface Packer {
  /** Bytes of a block. */
  readonly blockSize: number
  /** How many bytes a block becomes. */
  lengthOf(block: Uint8Array): Promise<number>
}

/** A sampled unit: the bytes that it takes in the image, and what it takes with each of the packers, in their order. */
export interface SampledUnit {
  readonly stored: number
  readonly lengths: readonly number[]
}

/** A sample of the data of a squashfs, packed in several ways. */
export interface SampledPacking {
  readonly units: readonly SampledUnit[]
  /** How many units the image has. */
  readonly allUnits: number
  /** Sampled blocks of the image's own size, and bytes of content in them. */
  readonly blocks: number
  readonly length: number
  /** Stored bytes of all units, and of blocks that no compressor made smaller. */
  readonly stored: number
  readonly raw: number
  /** Why units are not in the sample. */
  readonly warnings: readonly FormatError[]
}

export interface SamplingOptions {
  /** Bytes of a block as the image has them. */
  readonly blockSize: number
  /** About how many bytes of content to sample. */
  readonly wanted: number
  /** How many blocks to compress at a time. */
  readonly parallel: number
  readonly progress: (done: number, total: number) => void
}

/** Packs a sample of the data of a squashfs anew. It leaves out units that are damaged. */
export async function samplePacking(
  open: OpenImage,
  packers: readonly Packer[],
  { blockSize, wanted, parallel, progress }: SamplingOptions,
): Promise<SampledPacking> {
  const { units, stored, raw, packsTails } = packingUnits(open)
  const chosen = sampleOf(
    units.map(({ length }) => length),
    wanted,
  )
  const jobs: (() => Promise<void>)[] = []
  let blocks = 0
  let length = 0
  const warnings: FormatError[] = []
  const sampled = chosen.flatMap((index) => {
    const unit = units[index]!
    const contents = contentsOf(open, unit, warnings)
    if (contents === undefined) return []
    length += unit.length
    const lengths = packers.map(() => 0)
    blocks += blocksOf(contents, blockSize, packsTails).length
    for (const [at, packer] of packers.entries()) {
      for (const block of blocksOf(contents, packer.blockSize, packsTails)) {
        jobs.push(async () => {
          // A block that gets no smaller is stored as it is.
          const length = Math.min(await packer.lengthOf(block), block.length)
          lengths[at]! += length
        })
      }
    }
    return [{ stored: unit.stored, lengths }]
  })
  await runAll(jobs, parallel, progress)
  return { units: sampled, allUnits: units.length, blocks, length, stored, raw, warnings }
}

/** The content of the pieces of a unit; undefined if it is damaged. */
function contentsOf(
  open: OpenImage,
  { pieces }: PackingUnit,
  warnings: FormatError[],
): { readonly bytes: Uint8Array; readonly isWhole: boolean }[] | undefined {
  try {
    return pieces.map((piece) => ({ bytes: contentOf(open, piece), isWhole: piece.isWhole }))
  } catch (error) {
    warnings.push(asFormatError(error))
    return undefined
  }
}

/**
 * Which of several units to sample: about as many bytes as wanted, evenly over the image. The same image has the same
 * sample.
 */
export function sampleOf(lengths: readonly number[], wanted: number): readonly number[] {
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (total <= wanted || lengths.length === 0) return [...lengths.keys()]
  const size = Math.max(1, Math.min(lengths.length, Math.round((wanted / total) * lengths.length)))
  return Array.from({ length: size }, (_, index) => Math.floor(((index + 0.5) * lengths.length) / size))
}

/** Runs jobs, some at a time. */
async function runAll(
  jobs: readonly (() => Promise<void>)[],
  parallel: number,
  progress: (done: number, total: number) => void,
): Promise<void> {
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    for (let job = jobs[next]; job !== undefined; job = jobs[next]) {
      next += 1
      await job()
      done += 1
      progress(done, jobs.length)
    }
  }
  await Promise.all(Array.from({ length: parallel }, work))
}
