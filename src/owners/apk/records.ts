import type { ByteString } from '../../../parsers/bytes/byte-string.ts'

/** One package of an index or of the installed database: the lines of it, each a letter and a value. */
export type ApkRecord = readonly (readonly [letter: string, value: ByteString])[]

/** The records of an index: lines "X:value", with an empty line after each record (apk-tools, src/package.c, src/database.c). */
export function* records(text: ByteString): Generator<ApkRecord> {
  let lines: (readonly [string, ByteString])[] = []
  for (const line of text.split('\n')) {
    if (line === '') {
      if (lines.length > 0) yield lines
      lines = []
    } else if (line.charAt(1) === ':') lines.push([line.charAt(0), line.slice(2)])
  }
  if (lines.length > 0) yield lines
}

/** The value of the first line with a letter; '' if there is none. */
export function textOf(record: ApkRecord, letter: string): ByteString {
  return record.find(([found]) => found === letter)?.[1] ?? ''
}
