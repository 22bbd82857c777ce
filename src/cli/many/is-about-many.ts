import type { ReportArguments } from '../definitions/report.ts'

/** Whether a command line is about many images, or about a dataset, which many may share. */
export function isAboutMany(options: ReportArguments): boolean {
  const { images = [], filesFrom, outputDir, resume, format, table, output = [] } = options
  if (images.length > 1 || filesFrom !== undefined || outputDir !== undefined || resume === true) return true
  return format === 'parquet' || table !== undefined || output.some((path) => PARQUET.test(path))
}

const PARQUET = /\.parquet(\.gz)?$/
