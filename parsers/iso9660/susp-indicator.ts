import { byteString } from '../bytes/byte-string.ts'
import { directoryRecords } from './directory.ts'
import { type DirectoryRecord, isSelfOrParent } from './directory-record.ts'
import { type SystemUseReader, signature } from './system-use.ts'
import type { Volume } from './volume.ts'
import { SECTOR } from './volume-descriptor.ts'

/** Bytes of a CD-ROM XA system use field, which may come before the SUSP entries. */
const XA_LENGTH = 14

const ER = signature('ER')
const AL = signature('AL')
/** Entries that only Rock Ridge has. */
const ROCK_RIDGE_WORDS: ReadonlySet<number> = new Set(['RR', 'PX', 'TF', 'NM'].map(signature))
/** Identifiers of Rock Ridge 1.09, 1.10 and 1.12 in ER entries (RRIP 4.3). */
const ROCK_RIDGE_IDS: readonly string[] = ['RRIP_1991A', 'IEEE_P1282', 'IEEE_1282']

/** How to read the system use fields of a tree. */
export interface SuspIndicator {
  /** Bytes to skip in each system use field except in the root's '.' (SUSP 5.3, LEN_SKP). */
  readonly skip: number
  /** Identifiers of the extensions that ER entries announce (SUSP 5.5). */
  readonly extensions: readonly string[]
  readonly rockRidge: boolean
  /** The component records of AL entries (AAIP 2.0). Attributes of the root directory describe the image. */
  readonly attributes: readonly Uint8Array[]
}

/**
 * Looks for the SP entry (SUSP 5.3) in the '.' record of the root directory, which says that the tree uses SUSP. Some
 * writers forget it (VirtualBox guest additions). We then accept a field that starts with Rock Ridge entries.
 */
export function findSusp(volume: Volume, rootOffset: number, reader: SystemUseReader): SuspIndicator | undefined {
  const self = selfRecord(volume, rootOffset)
  if (self === undefined) return undefined
  const { bytes, systemUseStart: start, systemUseEnd: end } = self
  for (const shift of [0, XA_LENGTH]) {
    const at = start + shift
    if (at + 7 > end) continue
    const isSp = bytes[at] === 0x53 && bytes[at + 1] === 0x50 && bytes[at + 2]! >= 7
    if (isSp && bytes[at + 4] === 0xbe && bytes[at + 5] === 0xef)
      return readExtensions(reader, self, at, bytes[at + 6]!)
  }
  for (const shift of [0, XA_LENGTH]) {
    const at = start + shift
    if (at + 4 > end || bytes[at + 2]! < 5 || at + bytes[at + 2]! > end || bytes[at + 3] !== 1) continue
    const word = (bytes[at]! << 8) | bytes[at + 1]!
    if (!ROCK_RIDGE_WORDS.has(word) && word !== ER) continue
    volume.warnings.add('MALFORMED', 'Rock Ridge is in use without the SP entry that announces it', {
      structure: "system use field (SUSP 5.3) of the root directory's first record",
      offset: self.offset,
    })
    return readExtensions(reader, self, at, shift)
  }
  return undefined
}

function readExtensions(reader: SystemUseReader, self: DirectoryRecord, start: number, skip: number): SuspIndicator {
  const extensions: string[] = []
  const attributes: Uint8Array[] = []
  let rockRidge = false
  reader.read(self.bytes, start, self.systemUseEnd, self.offset, (word, bytes, at, length) => {
    if (ROCK_RIDGE_WORDS.has(word)) rockRidge = true
    if (word === AL && length > 5) attributes.push(bytes.slice(at + 5, at + length))
    if (word !== ER || length < 8) return
    const id = byteString(bytes, at + 8, at + Math.min(8 + bytes[at + 4]!, length))
    extensions.push(id)
    if (ROCK_RIDGE_IDS.includes(id)) rockRidge = true
  })
  return { skip, extensions, rockRidge, attributes }
}

/** The '.' record of the directory at `offset`; undefined if it is not the first record. */
export function selfRecord(volume: Volume, offset: number): DirectoryRecord | undefined {
  const { source } = volume
  const head = Math.min(SECTOR, source.size - offset)
  if (head < 34) return undefined
  const bytes = source.read(offset, head)
  if (bytes[0]! < 34 || bytes[0]! > head || bytes[32] !== 1 || bytes[33] !== 0) return undefined
  for (const record of directoryRecords(volume, offset, head, { left: head })) {
    return isSelfOrParent(record) ? record : undefined
  }
  return undefined
}
