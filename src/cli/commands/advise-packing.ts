import { type PackingAdvice, type PackingAdviceImage, packingAdvice } from '../../analyses/advise/packing-advice.ts'
import { levelIn, packingChoices } from '../../analyses/advise/packing-choices.ts'
import type { OpenImage } from '../../images/open-image.ts'
import { pathInOutermost } from '../../images/packing-units.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import { samplePacking } from '../../inventory/packing-sample.ts'
import { ownersIn } from '../../owners/owners-in.ts'
import { type Compressor, findCompressors, parallelBlocks } from '../../platform/node/compressors.ts'
import { packingJson } from '../../present/json/advise-packing.ts'
import { packingView } from '../../views/packing.ts'
import type { AdviseArguments } from '../definitions/advise.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { openSurvey } from '../open-survey.ts'
import { sizeOf } from '../option-values.ts'
import { printProblems } from '../print-problems.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { progressOf } from '../progress.ts'
import { withOpen } from '../with-open.ts'

/** `isoscope advise --packing IMAGE`: what other compressors and block sizes would bring. */
export async function runAdvisePacking(options: AdviseArguments): Promise<ExitCode> {
  const { image: name } = options
  const wanted = sizeOf('sample', options.sample)
  if (options.apply !== undefined) throw new UsageError('--apply: cannot be used with --packing')
  const destinations = destinationsOf(options)
  if (wanted === 0) throw new UsageError('--sample: takes more than 0 bytes')
  return withOpen(openSurvey(options), async ({ survey }) => {
    if (survey.parts.saved !== undefined) {
      throw new UsageError(`${name}: is a saved report, which has no contents to compress; give the image`)
    }
    const { open, attribution } = survey
    const found = ownersIn(open).images.filter(({ image }) => image.format.name === 'squashfs')
    if (found.length === 0) throw new UsageError(`${name}: there is no squashfs in it whose packing could change`)
    const summary = await survey.summary()
    const levels = summary.squashfs.flatMap(({ compressorOptions }) => levelIn(compressorOptions) ?? [])
    const { found: compressors, missing } = findCompressors(levels, summary.squashfs.some(isPlainXz))
    const progress = progressOf('compressing a sample')
    const images: PackingAdviceImage[] = []
    for (const squashfs of found) {
      images.push(await estimated(squashfs, compressors, wanted / found.length, progress))
    }
    const unread = images.flatMap(({ warnings }) => warnings)
    printProblems([...attribution.warnings, ...unread], options.verbose)
    if (images.every(({ sample }) => sample.units === 0)) {
      throw new UsageError(`${name}: no compressed content of a squashfs in it can be read`)
    }
    const advice: PackingAdvice = { images, missing }
    const json = () => [packingJson(advice, summary)]
    await printView({ ...packingView(advice, name, summary.size), json }, options, destinations)
    return attribution.complete && unread.length === 0 ? EXIT.ok : EXIT.failed
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
): Promise<PackingAdviceImage> {
  const { facts } = open.image
  const options = facts['compressorOptions'] === undefined ? null : String(facts['compressorOptions'])
  const now = { compressor: String(facts['compressor']), options, blockSize: Number(facts['blockSize']) }
  const choices = packingChoices(now, compressors)
  const packers = choices.map(({ settings: { blockSize }, compressor: { lengthOf } }) => ({ blockSize, lengthOf }))
  const sampling = { blockSize: now.blockSize, wanted, parallel: parallelBlocks(), progress }
  return packingAdvice(pathInOutermost(open), now, choices, await samplePacking(open, packers, sampling))
}
