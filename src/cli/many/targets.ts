import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { ParquetFile } from '../../present/parquet/parquet-file.ts'
import type { ReportTotals } from '../../present/text/reports.ts'
import { PLAIN, type TextStyle } from '../../present/text/style.ts'
import type { ReportArguments } from '../definitions/report.ts'
import { UsageError } from '../exit-codes.ts'
import { styleOf, unitOf } from '../option-values.ts'
import { flushOut, writeOut } from '../output.ts'
import { readVersion } from '../version.ts'
import { writeFileWhole } from '../write-file.ts'
import { type ImageAnswer, type ManyFormat, OWNERS } from './answer-image.ts'

/** Where the answers about many images go, each as soon as it is there. */
export interface Target {
  take(answer: ImageAnswer): Promise<void>
  /** Writes what comes after all answers. */
  finish(): Promise<void>
  abandon(error: unknown): Promise<void>
}

/** What is written to. */
interface Sink {
  write(piece: string | Uint8Array): Promise<void>
  finish(): Promise<void>
  abandon(error: unknown): Promise<void>
}

/** @param path undefined for standard output */
export async function targetOf(
  format: ManyFormat,
  path: string | undefined,
  options: ReportArguments,
): Promise<Target> {
  const sink = path === undefined ? standardOutput() : fileSink(path)
  if (format === 'text') {
    const { color, wide } = options
    return tableTarget(sink, options, path === undefined ? styleOf(color, wide === true) : PLAIN)
  }
  return format === 'parquet' && options.outputDir === undefined ? parquetTarget(sink, options) : rowsTarget(sink)
}

/** Rows with one head for all. */
function rowsTarget(sink: Sink): Target {
  let hasHead = false
  return {
    ...sink,
    async take({ head, pieces }) {
      if (pieces.length === 0) return
      if (!hasHead && head !== '') await sink.write(head)
      hasHead = true
      for (const piece of pieces) await sink.write(piece)
    },
  }
}

/** A line for each image, in columns as wide as all of them need. */
function tableTarget(sink: Sink, options: ReportArguments, style: TextStyle): Target {
  const all: ReportTotals[] = []
  return {
    ...sink,
    async take({ totals }) {
      if (totals !== undefined) all.push(totals)
    },
    async finish() {
      const { reportsText } = await import('../../present/text/reports.ts')
      await sink.write(reportsText(all, { style, unit: unitOf(options), fullPaths: false }))
      await sink.finish()
    },
  }
}

/** A table of all images as Parquet. */
function parquetTarget(sink: Sink, { table = OWNERS }: ReportArguments): Target {
  let file: ParquetFile | undefined
  return {
    ...sink,
    async take({ table: made }) {
      if (made === undefined) return
      const { ParquetFile } = await import('../../present/parquet/parquet-file.ts')
      file ??= new ParquetFile(table, made.columns, readVersion())
      await sink.write(file.add(made))
    },
    async finish() {
      if (file === undefined) throw new UsageError('no image could be read, so there is no file of Parquet')
      await sink.write(file.finish())
      await sink.finish()
    },
  }
}

function standardOutput(): Sink {
  return {
    async write(piece) {
      await writeOut([piece])
      await flushOut()
    },
    async finish() {},
    async abandon() {},
  }
}

/** A file that is there when all of it is. */
function fileSink(path: string): Sink {
  const stream = new PassThrough()
  const written = writeFileWhole(path, stream)
  // Who writes or finishes is told.
  written.catch(() => stream.destroy())
  stream.on('error', () => {})
  return {
    async write(piece) {
      if (piece.length > 0 && !stream.write(piece)) await Promise.race([once(stream, 'drain'), written])
    },
    async finish() {
      stream.end()
      await written
    },
    async abandon(error) {
      stream.destroy(error as Error)
      await written.catch(() => {})
    },
  }
}
