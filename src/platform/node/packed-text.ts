import { zlib } from './load-zlib.ts'

/** Text that gzip compressed, in base64: the form in which an HTML page holds its data. */
export function packedText(text: string): string {
  return zlib().gzipSync(text, { level: 9 }).toString('base64')
}
