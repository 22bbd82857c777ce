import type { PackingAdvice, PackingAdviceImage } from '../analyses/advise/packing-advice.ts'
import { mksquashfsWords } from '../analyses/advise/packing-choices.ts'
import { about, bytes, count, MISSING, name, plural, share, text, type Words } from './cell.ts'
import type { Column } from './column.ts'
import { type Section, tableOf } from './section.ts'
import type { View } from './view.ts'

type Estimate = PackingAdviceImage['estimates'][number]

/** A way to pack a squashfs. */
interface Row extends Estimate {
  readonly of: PackingAdviceImage
}

/** What other ways to pack the squashfs images would bring. */
export function packingView({ images, missing }: PackingAdvice, image: string, size: number): View<Row> {
  return {
    sections: () => [
      { title: [text(image)], note: [bytes(size)], body: { kind: 'lines', lines: [] } },
      ...images.map(imageSection),
      {
        body: {
          kind: 'lines',
          lines: [
            {
              phrases: [
                ['All sizes marked ≈ are estimates: a sample was compressed, and the rest is taken to be like it.'],
              ],
            },
            {
              phrases: [
                ['+/- is twice the standard error of the sample; the row (as now) shows how far off the estimate is.'],
                ['NixOS takes these words without -b as isoImage.squashfsCompression.'],
              ],
              between: '',
            },
            ...missing.map((program) => ({
              phrases: [[text(program), ' was not estimated: the program is not installed.'] as Words],
            })),
          ],
        },
      },
    ],
    rows: () => ({ columns: COLUMNS, rows: images.flatMap(rowsOf) }),
  }
}

function rowsOf(of: PackingAdviceImage): readonly Row[] {
  return of.estimates.map((estimate) => ({ ...estimate, of }))
}

const COLUMNS: readonly Column<Row>[] = [
  { id: 'path', heading: 'path', only: 'programs', value: ({ of }) => name(of.path) },
  { id: 'bytes', heading: 'data', value: ({ bytes: estimated }) => about(estimated) },
  { id: 'delta', heading: 'change', value: ({ delta }) => ({ kind: 'change', bytes: delta, isEstimate: true }) },
  { id: 'error', heading: '+/-', value: ({ error }) => (Number.isFinite(error) ? bytes(error) : MISSING) },
  {
    id: 'mksquashfs',
    heading: 'packed with (mksquashfs)',
    isName: true,
    value: ({ settings, of, isNow }) => {
      const size = settings.blockSize === of.now.blockSize ? '' : ` -b ${settings.blockSize}`
      return text(`${mksquashfsWords(settings)}${size}${isNow ? '   (as now)' : ''}`)
    },
  },
  { id: 'blockSize', heading: 'block size', only: 'programs', value: ({ settings }) => count(settings.blockSize) },
  { id: 'now', heading: 'as now', only: 'programs', value: ({ isNow }) => ({ kind: 'flag', isSet: isNow }) },
]

function imageSection(image: PackingAdviceImage): Section {
  const { path, now, stored, raw, sample } = image
  const where: Words = path === '/' ? ['squashfs'] : [name(path.slice(1))]
  const options: Words = now.options === null ? [] : [' (', text(now.options), ')']
  const block = now.blockSize >= 2 ** 20 ? `${now.blockSize / 2 ** 20} MiB` : `${now.blockSize / 2 ** 10} KiB`
  return {
    title: [...where, ': ', text(now.compressor), ...options, `, ${block} blocks`],
    note: ['(', bytes(stored + raw), ' of data, of which ', bytes(raw), ' did not get smaller)'],
    body: tableOf(COLUMNS, rowsOf(image)),
    hints: [
      [
        'Sample: ',
        ...plural(sample.blocks, 'block'),
        ', ',
        bytes(sample.length),
        ' of content, ',
        share(sample.stored, stored),
        ' of the other data (',
        count(sample.units),
        ' of ',
        ...plural(sample.allUnits, 'place'),
        ')',
      ],
    ],
  }
}
