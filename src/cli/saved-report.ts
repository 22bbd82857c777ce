import { FormatError } from '../../parsers/bytes/errors.ts'
import type { Limits } from '../../parsers/bytes/limits.ts'
import type { SurveyParts } from '../inventory/survey.ts'
import { fileSource } from '../platform/node/file-source.ts'
import { zlib } from '../platform/node/load-zlib.ts'
import { ReportError, readReport } from '../present/json/read-report.ts'
import { REPORT_FRONT, reportText, startsWithGzip, tooLargeReport } from '../present/json/report-bytes.ts'
import { UsageError } from './exit-codes.ts'
import { imageFileOf } from './image-file.ts'

/**
 * Reads a saved report.
 * @returns undefined if the file is not a report or we cannot read it; opening it as an image will report the problem
 * @throws {UsageError} if it is a report but cannot replace an image
 */
export function savedReport(path: string, limits: Limits): SurveyParts | undefined {
  if (!isJson(path)) return undefined
  try {
    return readReport(textOf(path, limits['saved-report']))
  } catch (error) {
    if (error instanceof ReportError) throw new UsageError(`${path}: ${error.message}`)
    if (error instanceof FormatError) throw error
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new UsageError(`${path}: the saved report cannot be unpacked: ${(error as Error).message}`)
  }
}

/** @throws {ReportError} if it has more bytes or values than a report may have, before we allocate memory for them */
function textOf(path: string, limit: number): string {
  const source = fileSource(imageFileOf(path), path)
  let bytes: Uint8Array
  try {
    if (source.size > limit) throw tooLargeReport(limit)
    bytes = source.read(0, source.size)
  } finally {
    source.close()
  }
  if (startsWithGzip(bytes)) {
    try {
      bytes = zlib().gunzipSync(bytes, { maxOutputLength: limit })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLargeReport(limit)
      throw error
    }
  }
  return reportText(bytes)
}

/** Whether a file begins like JSON, or like JSON that gzip compressed. */
export function isJson(path: string): boolean {
  return frontText(path).startsWith('{')
}

/** The error for a file that begins like JSON where we need an image. */
export function notAnImage(path: string): UsageError {
  const what = isReport(path) ? 'is a saved report; the image itself is needed for this' : 'is JSON, and no image'
  return new UsageError(`${path}: ${what}`)
}

/** Whether a file begins like a saved report. */
export function isReport(path: string): boolean {
  return /^\{\s*"schema"\s*:\s*"isoscope\/report@/.test(frontText(path))
}

/** The beginning of a file, unpacked if it is compressed; '' if we cannot read it. */
function frontText(path: string): string {
  try {
    const front = readFront(path)
    return Buffer.from(startsWithGzip(front) ? unpackedFront(front) : front)
      .toString('latin1')
      .trimStart()
  } catch {
    return ''
  }
}

function readFront(path: string): Uint8Array {
  const source = fileSource(imageFileOf(path), path)
  try {
    return source.read(0, Math.min(REPORT_FRONT, source.size))
  } finally {
    source.close()
  }
}

function unpackedFront(front: Uint8Array): Uint8Array {
  const { constants, gunzipSync } = zlib()
  return gunzipSync(front, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 26 })
}

/** @throws {UsageError} because a saved report has no contents for --deep */
export function refuseDeep(path: string): never {
  throw new UsageError(`${path}: is a saved report, which has no contents to look into; give the image`)
}
