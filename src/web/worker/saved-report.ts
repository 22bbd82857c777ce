import { fileSource } from '#platform/file-source'
import { DEFAULT_LIMITS } from '../../../parsers/bytes/limits.ts'
import type { SurveyParts } from '../../inventory/survey.ts'
import type { ImageFile } from '../../platform/image-file.ts'
import { ReportError, readReport } from '../../present/json/read-report.ts'
import { REPORT_FRONT, reportText, startsWithGzip, tooLargeReport } from '../../present/json/report-bytes.ts'

/**
 * Reads a saved report.
 * @returns undefined if the file is none
 * @throws {FormatError} if the browser cannot read it
 * @throws {ReportError} if it is one but cannot replace an image
 */
export async function savedReport(file: ImageFile, name: string): Promise<SurveyParts | undefined> {
  const source = fileSource(file, name)
  try {
    const front = new Uint8Array(source.read(0, Math.min(REPORT_FRONT, source.size)))
    const isPacked = startsWithGzip(front)
    if (!isJson(isPacked ? await unpackedFront(front) : front)) return undefined
    const limit = DEFAULT_LIMITS['saved-report']
    if (source.size > limit) throw tooLargeReport(limit)
    const bytes = new Uint8Array(source.read(0, source.size))
    return readReport(reportText(isPacked ? await unpacked(bytes, limit) : bytes))
  } finally {
    source.close()
  }
}

function isJson(front: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(front).trimStart().startsWith('{')
}

/** What the first bytes unpack to; nothing if they are damaged. */
async function unpackedFront(front: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const reader = new Blob([front]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    return (await reader.read()).value ?? new Uint8Array(0)
  } catch {
    return new Uint8Array(0)
  } finally {
    // The front ends in the middle of the stream, which is no error to us.
    reader.cancel().catch(() => {})
  }
}

/** @throws {ReportError} if it unpacks to more bytes than `limit`, or not at all */
async function unpacked(bytes: Uint8Array<ArrayBuffer>, limit: number): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length
      if (size > limit) throw tooLargeReport(limit)
      pieces.push(next.value)
    }
  } catch (error) {
    if (error instanceof ReportError) throw error
    throw new ReportError(`the saved report cannot be unpacked: ${(error as Error).message}`)
  } finally {
    reader.cancel().catch(() => {})
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer())
}
