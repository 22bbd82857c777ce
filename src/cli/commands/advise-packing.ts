import { estimatePacking, type SampledUnit, sampleOf } from '../../analyses/advise/packing.ts'
import type { PackingAdvice, PackingAdviceImage } from '../../analyses/advise/packing-advice.ts'
import { levelIn, type PackingChoice, packingChoices } from '../../analyses/advise/packing-choices.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { blocksOf, contentOf, packingUnits, pathInOutermost } from '../../images/packing-units.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import { ownersIn } from '../../owners/owners-in.ts'
import { type Compressor, findCompressors, parallelBlocks } from '../../platform/node/compressors.ts'
import { packingJson } from '../../present/json/advise-packing.ts'
import { packingText } from '../../present/text/advise-packing.ts'
import type { AdviseArguments } from '../definitions/advise.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openSurvey } from '../open-survey.ts'
import { sizeOf, styleOf, unitOf } from '../option-values.ts'
import { writeOut } from '../output.ts'
import { printProblems } from '../print-problems.ts'
import { progressOf } from '../progress.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope advise --packing IMAGE`: what other compressors and block sizes would bring. */
export async function runAdvisePacking(options: AdviseArguments): Promise<ExitCode> {
  const { image: name } = options
  const wanted = sizeOf('sample', options.sample)
  if (options.apply !== undefined) throw new UsageError('--apply: cannot be used with --packing')
  if (wanted === 0) throw new UsageError('--sample: takes more than 0 bytes')
  return withOpen(openSurvey(options), async ({ survey }) => {
    if (survey.parts.saved !== undefined) {
      throw new UsageError(`${name}: is a saved report, which has no contents to compress; give the image`)
    }
    const { open, attribution, summary } = survey
    const found = ownersIn(open).images.filter(({ image }) => image.format.name === 'squashfs')
    if (found.length === 0) throw new UsageError(`${name}: there is no squashfs in it whose packing could change`)
    const levels = summary.squashfs.flatMap(({ compressorOptions }) => levelIn(compressorOptions) ?? [])
    const { found: compressors, missing } = findCompressors(levels, summary.squashfs.some(isPlainXz))
    const progress = progressOf('compressing a sample')
    const images: PackingAdviceImage[] = []
    for (const squashfs of found) {
      images.push({
        path: pathInOutermost(squashfs),
        ...(await estimated(squashfs, compressors, wanted / found.length, progress)),
      })
    }
    printProblems(attribution.warnings, options.verbose)
    if (images.every(({ sample }) => sample.units === 0)) {
      throw new UsageError(`${name}: no compressed content of a squashfs in it can be read`)
    }
    const advice: PackingAdvice = { images, missing }
    const style = styleOf(options.color, false)
    if (options.json === true) await writeOut([packingJson(advice, summary.name, summary.size)])
    else await writeOut([packingText(advice, { name, size: summary.size, style, unit: unitOf(options) })])
    return attribution.complete ? EXIT.ok : EXIT.failed
  })
}

function isPlainXz({ compressor, compressorOptions }: ImageSummary['squashfs'][number]): boolean {
  return compressor === 'xz' && !(compressorOptions ?? '').includes('x86')
}

async function estimated(
  open: OpenImage,
  compressors: readonly Compressor[],
  wanted: number,
  progress: (done: number, total: number) => void,
): Promise<Omit<PackingAdviceImage, 'path'>> {
  const { facts } = open.image
  const options = facts['compressorOptions'] === undefined ? null : String(facts['compressorOptions'])
  const now = { compressor: String(facts['compressor']), options, blockSize: Number(facts['blockSize']) }
  const { units, stored, raw, packsTails } = packingUnits(open)
  const choices = packingChoices(now, compressors)
  const chosen = sampleOf(
    units.map(({ length }) => length),
    wanted,
  )
  const sampled: { stored: number; lengths: number[] }[] = []
  const jobs: (() => Promise<void>)[] = []
  let blocks = 0
  for (const index of chosen) {
    const { pieces, stored: bytes } = units[index]!
    const contents = pieces.map((piece) => ({ bytes: contentOf(open, piece), isWhole: piece.isWhole }))
    const unit = { stored: bytes, lengths: choices.map(() => 0) }
    sampled.push(unit)
    blocks += blocksOf(contents, now.blockSize, packsTails).length
    for (const [at, { settings, compressor }] of choices.entries()) {
      for (const block of blocksOf(contents, settings.blockSize, packsTails)) {
        jobs.push(async () => {
          // A block that gets no smaller is stored as it is.
          const length = Math.min(await compressor.lengthOf(block), block.length)
          unit.lengths[at]! += length
        })
      }
    }
  }
  await runAll(jobs, progress)
  const sample = {
    units: chosen.length,
    allUnits: units.length,
    blocks,
    length: chosen.reduce((sum, index) => sum + units[index]!.length, 0),
    stored: sampled.reduce((sum, unit) => sum + unit.stored, 0),
  }
  return { now, stored, raw, sample, estimates: sorted(choices, sampled, { stored, raw, count: units.length }) }
}

function sorted(
  choices: readonly PackingChoice<Compressor>[],
  sampled: readonly SampledUnit[],
  all: { readonly stored: number; readonly raw: number; readonly count: number },
): PackingAdviceImage['estimates'] {
  const estimates = estimatePacking(
    choices.map(({ settings }) => settings),
    sampled,
    all,
  )
  return estimates
    .map((estimate, at) => ({ ...estimate, isNow: choices[at]!.isNow, by: choices[at]!.compressor.by }))
    .sort((a, b) => a.bytes - b.bytes)
}

/** Runs jobs, as many at a time as there are processors. */
async function runAll(
  jobs: readonly (() => Promise<void>)[],
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
  await Promise.all(Array.from({ length: parallelBlocks() }, work))
}
