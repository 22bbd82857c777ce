import type { ReleasedImage } from '../analyses/image-order.ts'
import { type Release, releaseOf } from '../inventory/image-summary.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import type { Dataset } from './dataset/dataset-images.ts'
import type { HistoryArguments } from './definitions/history.ts'
import { openNamed } from './open.ts'
import { openSide } from './open-side.ts'
import { limitsOf } from './option-values.ts'
import { savedReport } from './saved-report.ts'
import type { SeriesFile } from './series-files.ts'

/** An image of a series, which is opened when its turn comes. */
export interface SeriesImage extends ReleasedImage {
  open(): Promise<OpenPart>
}

/** An image that is open. */
export interface OpenPart {
  readonly inventory: Inventory
  /** Whether we could read all of its metadata. */
  readonly isWhole: boolean
  close(): void
}

/**
 * The images of a file: one, or those of a dataset.
 * @param datasets takes a dataset that stays open
 * @throws {UsageError | FormatError} if it cannot be read
 */
export async function seriesImages(
  { path, parquet }: SeriesFile,
  options: HistoryArguments,
  datasets: Dataset[],
): Promise<readonly SeriesImage[]> {
  if (parquet === undefined) {
    return [{ path, release: releaseIn(path, options), open: () => openSide(path, options, true) }]
  }
  const { openDataset } = await import('./dataset/dataset-images.ts')
  const dataset = await openDataset(path, parquet)
  datasets.push(dataset)
  return dataset.images.map((image) => ({
    ...image,
    open: async () => ({ inventory: await dataset.inventory(image), isWhole: true, close() {} }),
  }))
}

/** Which release an image is of. We read its headers only: the rest comes later, in the order of the series. */
function releaseIn(path: string, options: HistoryArguments): Release {
  const saved = savedReport(path, limitsOf(options.parserLimit))
  if (saved !== undefined) {
    const { volumeId, label, created } = saved.summary!
    return { volumeId, label, ...(created === undefined ? {} : { created }) }
  }
  const open = openNamed(path, options)
  try {
    return releaseOf(open)
  } finally {
    open.close()
  }
}
