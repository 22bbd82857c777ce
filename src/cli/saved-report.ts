import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { zlib } from '../image/load-zlib.ts'
import { ReportError, readReport } from '../present/json/read-report.ts'
import type { SurveyParts } from '../scan/survey.ts'
import { UsageError } from './exit-codes.ts'

/** The longest report that is read, in bytes of JSON: V8 has no longer strings. */
const MAX_REPORT = 2 ** 29 - 2 ** 20
/** Bytes that tell what a file begins with, compressed or not. */
const FRONT = 4096
const GZIP = [0x1f, 0x8b]

/**
 * Reads a saved report.
 * @returns undefined when the file is none, or is not to be read: what is wrong with it is told when it is opened
 * @throws {UsageError} when it is one, but cannot stand in for an image
 */
export function savedReport(path: string): SurveyParts | undefined {
  if (!isJson(path)) return undefined
  try {
    const bytes = readFileSync(path)
    const isGzip = startsWithGzip(bytes)
    if (!isGzip && bytes.length > MAX_REPORT) throw new ReportError(`is larger than ${MAX_REPORT} bytes`)
    return readReport((isGzip ? zlib().gunzipSync(bytes, { maxOutputLength: MAX_REPORT }) : bytes).toString())
  } catch (error) {
    if (error instanceof ReportError) throw new UsageError(`${basename(path)}: ${error.message}`)
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    throw new UsageError(`${basename(path)}: the saved report cannot be unpacked: ${(error as Error).message}`)
  }
}

/** Whether a file begins as JSON does, or as JSON that is compressed with gzip. */
export function isJson(path: string): boolean {
  return frontText(path).startsWith('{')
}

/** Why no image can be opened in place of a file that begins as JSON. */
export function notAnImage(path: string): UsageError {
  const isReport = /^\{\s*"schema"\s*:\s*"isoscope\/report@/.test(frontText(path))
  const what = isReport ? 'is a saved report; the image itself is needed for this' : 'is JSON, and no image'
  return new UsageError(`${path}: ${what}`)
}

/** What a file begins with, unpacked if it is compressed; '' for one that cannot be read. */
function frontText(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return ''
  try {
    const front = readFront(path)
    return (startsWithGzip(front) ? unpackedFront(front) : front).toString('latin1').trimStart()
  } catch {
    return ''
  }
}

function readFront(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const front = Buffer.alloc(FRONT)
    return front.subarray(0, readSync(file, front, 0, FRONT, 0))
  } finally {
    closeSync(file)
  }
}

function unpackedFront(front: Buffer): Buffer {
  const { constants, gunzipSync } = zlib()
  return gunzipSync(front, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 26 })
}

function startsWithGzip(bytes: Uint8Array): boolean {
  return GZIP.every((byte, index) => bytes[index] === byte)
}
