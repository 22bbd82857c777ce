import { ReportError } from './read-report.ts'

/** How many bytes we need to recognise a saved report, compressed or not. */
export const REPORT_FRONT = 4096
const GZIP = [0x1f, 0x8b]
/**
 * A report must have this many bytes for each array or object. Real reports have 120; 52 million empty ones take 3 GB.
 */
const BYTES_A_VALUE = 16
/** Any report may have this many values. */
const FEW_VALUES = 100_000

export function startsWithGzip(bytes: Uint8Array): boolean {
  return GZIP.every((byte, index) => bytes[index] === byte)
}

/** The error for a file with more bytes than `limit`. */
export function tooLargeReport(limit: number): ReportError {
  return new ReportError(
    `is larger than a saved report may be; the limit is saved-report=${limit}, and --parser-limit sets another`,
  )
}

/** The text of a report. @throws {ReportError} if it has more values than one may have, before we allocate memory for them */
export function reportText(bytes: Uint8Array): string {
  let values = 0
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === 0x5b || bytes[at] === 0x7b) values += 1
  if (values > FEW_VALUES + bytes.length / BYTES_A_VALUE) {
    throw new ReportError(`is not a report: it has ${values} arrays and objects in ${bytes.length} bytes`)
  }
  return new TextDecoder().decode(bytes)
}
