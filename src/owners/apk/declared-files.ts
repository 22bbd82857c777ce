import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import { DatabaseReader } from '../database-reader.ts'
import type { DeclaredContent, DeclaredFile, DeclaredFiles } from '../declared-files.ts'
import { packageKey } from '../package-key.ts'
import type { RootFileSystem } from '../root-file-system.ts'
import { databaseIn } from './database.ts'
import { type ApkRecord, records, textOf } from './records.ts'

/** Files below it are a user's to change, as apk protects them by default (apk-tools, src/database.c). */
const PROTECTED = 'etc/'

/**
 * The digests of the files of packages: lines "Z" after the names (apk-tools, src/database.c). Q1 is SHA-1 in base64, or with
 * the flag S the beginning of a SHA-256, and Q2 is SHA-256. That of a link is of where it leads.
 */
export function apkFiles(root: RootFileSystem): DeclaredFiles {
  const reader = new DatabaseReader(root)
  const path = databaseIn(reader)
  const files = new Map<ByteString, readonly DeclaredFile[]>()
  for (const record of records((path === undefined ? undefined : reader.textAt(path)) ?? '')) {
    const parts = { name: textOf(record, 'P'), version: textOf(record, 'V'), architecture: textOf(record, 'A') }
    const key = packageKey('apk', parts)
    if (key !== undefined) files.set(key, filesIn(record))
  }
  return { files, problems: reader.problems }
}

function filesIn(record: ApkRecord): readonly DeclaredFile[] {
  const isTruncated = textOf(record, 'f').includes('S')
  const files: DeclaredFile[] = []
  let directory = ''
  let name = ''
  for (const [letter, value] of record) {
    if (letter === 'F') directory = value === '' ? '' : `${value}/`
    else if (letter === 'R') name = value
    else if (letter === 'Z' && !directory.startsWith(PROTECTED)) {
      const content = contentOf(value, isTruncated)
      if (content !== undefined) files.push({ path: `/${directory}${name}`, content })
    }
  }
  return files
}

function contentOf(digest: ByteString, isTruncated: boolean): DeclaredContent | undefined {
  const [, version, base64] = /^Q([12])([A-Za-z0-9+/]+=*)$/.exec(digest) ?? []
  if (version === undefined || base64 === undefined) return undefined
  const hash = Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  return { kind: 'hash', algorithm: version === '2' || isTruncated ? 'sha256' : 'sha1', hash, isOfTarget: true }
}
