import type { PackingAdvice, PackingAdviceImage } from '../../analyses/advise/packing-advice.ts'
import { mksquashfsWords } from '../../analyses/advise/packing-choices.ts'
import { formatBytes, formatCount, formatDelta, formatPercent, plural, type Unit } from '../units.ts'
import { printable, printableText } from './printable.ts'
import { bold, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'
import { wrap } from './wrap.ts'

export interface PackingTextOptions {
  /** The image as the user named it. */
  readonly name: string
  readonly size: number
  readonly style: TextStyle
  readonly unit: Unit
}

const COLUMNS = [
  { heading: 'DATA', align: 'right' },
  { heading: 'CHANGE', align: 'right' },
  { heading: '+/-', align: 'right' },
  { heading: 'PACKED WITH (mksquashfs)', align: 'left' },
] as const

/** What other ways to pack a squashfs would bring, as text that ends in a newline. */
export function packingText({ images, missing }: PackingAdvice, options: PackingTextOptions): string {
  const { name, size, style, unit } = options
  const missed = missing.map((program) => `${program} was not estimated: the program is not installed.`)
  const sections = [
    `${bold(printableText(name), style)}   ${formatBytes(size, unit)}`,
    ...images.map((image) => imageText(image, options)),
    [
      ...wrap(
        'All sizes marked ≈ are estimates: a sample was compressed, and the rest is taken to be like it.',
        style.width,
      ),
      ...wrap(
        '+/- is twice the standard error of the sample; the row (as now) shows how far off the estimate is. NixOS takes these words without -b as isoImage.squashfsCompression.',
        style.width,
        '  ',
      ),
      ...missed,
    ].join('\n'),
  ]
  const text = `${sections.join('\n\n')}\n`
  return style.unicode ? text : inAscii(text)
}

/** "1 MiB": block sizes are powers of two. */
function blockText(size: number): string {
  return formatBytes(size, 'iec').replace('.0 ', ' ')
}

function imageText(image: PackingAdviceImage, { style, unit }: PackingTextOptions): string {
  const { path, now, stored, raw, sample, estimates } = image
  const blocks = `${blockText(now.blockSize)} blocks`
  const packing = `${printableText(now.compressor)}${now.options === null ? '' : ` (${printableText(now.options)})`}, ${blocks}`
  const heading = `${path === '/' ? 'squashfs' : printable(path.slice(1))}: ${packing}; ${formatBytes(stored + raw, unit)} of data, of which ${formatBytes(raw, unit)} did not get smaller`
  const share = formatPercent(sample.stored, stored)
  const sampled = `Sample: ${plural(sample.blocks, 'block')}, ${formatBytes(sample.length, unit)} of content, ${share} of the other data (${formatCount(sample.units)} of ${plural(sample.allUnits, 'place')})`
  const rows = estimates.map(({ bytes, delta, error, settings, isNow }) => {
    const size = settings.blockSize === now.blockSize ? '' : ` -b ${settings.blockSize}`
    const note = isNow ? '   (as now)' : ''
    return [
      `≈ ${formatBytes(bytes, unit)}`,
      `≈ ${formatDelta(delta, unit)}`,
      Number.isFinite(error) ? formatBytes(error, unit) : '?',
      `${mksquashfsWords(settings)}${size}${note}`,
    ]
  })
  return [
    ...wrap(heading, style.width, '  '),
    ...wrap(sampled, style.width, '  '),
    '',
    formatTable(COLUMNS, rows),
  ].join('\n')
}
