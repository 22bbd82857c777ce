import type { ByteString } from '../bytes/byte-string.ts'
import { quoted } from '../bytes/byte-string.ts'
import type { EntryType, NameTreeKind } from '../image.ts'
import { typeOfMode } from '../linux-encodings.ts'
import { shortDate } from './date.ts'
import { ASSOCIATED_FILE, DIRECTORY, type DirectoryRecord, isSelfOrParent } from './directory-record.ts'
import {
  asPathComponent,
  enhancedIdentifier,
  type FileIdentifier,
  isPathComponent,
  jolietIdentifier,
  plainIdentifier,
} from './file-identifier.ts'
import { type RockRidge, readRockRidge } from './rock-ridge.ts'
import type { SystemUseReader } from './system-use.ts'
import type { Volume } from './volume.ts'
import type { ZisofsEntry } from './zisofs.ts'

/** A directory record as a tree shows it. */
export interface NamedRecord {
  readonly name: ByteString
  readonly type: EntryType
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  readonly target?: ByteString
  readonly device?: { readonly major: number; readonly minor: number }
  /** The block of the relocated directory that belongs here (RRIP 4.1.5.1). */
  readonly childLink?: number
  /** Whether this is a directory that belongs elsewhere (RRIP 4.1.5.3). */
  readonly relocated: boolean
  readonly zisofs?: ZisofsEntry
}

/** Reads a directory record in the way of one name tree. */
export type Interpret = (record: DirectoryRecord) => NamedRecord

/** Without Rock Ridge there are no permissions. Like xorriso and Linux, we let everybody read and execute. */
const DEFAULT_MODE = 0o555

/** The suffix that separates a resource fork from its data file of the same name. No plain name contains ';'. */
const ASSOCIATED_SUFFIX = ';associated'

/** Takes names from file identifiers alone. */
export function interpretIdentifiers(volume: Volume, kind: Exclude<NameTreeKind, 'rockRidge'>): Interpret {
  const read = identifierReader(kind)
  return (record) => {
    const isDirectory = (record.flags & DIRECTORY) !== 0
    return {
      name: nameOf(volume, record, read(record).name),
      type: isDirectory ? 'directory' : 'file',
      mode: DEFAULT_MODE,
      uid: 0,
      gid: 0,
      mtime: shortDate(record.bytes, record.at + 18),
      relocated: false,
    }
  }
}

/** The reader for the identifiers of a tree. Rock Ridge extends the plain tree. */
export function identifierReader(kind: NameTreeKind): (record: DirectoryRecord) => FileIdentifier {
  if (kind === 'joliet') return jolietIdentifier
  return kind === 'enhanced' ? enhancedIdentifier : plainIdentifier
}

/** Takes names and attributes from Rock Ridge. */
export function interpretRockRidge(volume: Volume, reader: SystemUseReader, skip: number): Interpret {
  return (record) => {
    const facts = readRockRidge(volume, reader, record, skip)
    const type = typeOf(volume, record, facts)
    const named = {
      name: rockRidgeName(volume, record, facts),
      type,
      mode: facts.mode === undefined ? DEFAULT_MODE : facts.mode & 0o7777,
      uid: facts.uid,
      gid: facts.gid,
      mtime: facts.mtime ?? shortDate(record.bytes, record.at + 18),
      relocated: facts.relocated,
    }
    if (facts.sparse) {
      volume.warnings.add('UNSUPPORTED', 'sparse files (SF) are shown as they are stored, not expanded', {
        structure: 'SF entry (RRIP 4.1.7) of a directory record',
        offset: record.offset,
      })
    }
    if (type === 'symlink') return { ...named, target: facts.target ?? '' }
    if (type === 'blockDevice' || type === 'charDevice') {
      return { ...named, device: facts.device ?? { major: 0, minor: 0 } }
    }
    if (facts.childLink !== undefined && type === 'directory') return { ...named, childLink: facts.childLink }
    return facts.zisofs !== undefined && type === 'file' ? { ...named, zisofs: facts.zisofs } : named
  }
}

/** The directory flag decides whether there are records to read. The type bits of PX only distinguish other types. */
function typeOf(volume: Volume, record: DirectoryRecord, facts: RockRidge): EntryType {
  if ((record.flags & DIRECTORY) !== 0 || facts.childLink !== undefined) return 'directory'
  if (facts.mode === undefined) return facts.target === undefined ? 'file' : 'symlink'
  const type = typeOfMode(facts.mode & 0xffff)
  if (type !== undefined && type !== 'directory') return type
  volume.warnings.add(
    'MALFORMED',
    'the file type does not fit a record without the directory flag; it is shown as a file',
    {
      structure: 'PX entry (RRIP 4.1.1) of a directory record',
      offset: record.offset,
      found: `0${facts.mode.toString(8)}`,
    },
  )
  return 'file'
}

function rockRidgeName(volume: Volume, record: DirectoryRecord, facts: RockRidge): ByteString {
  if (isSelfOrParent(record)) return ''
  if (facts.name === undefined) return nameOf(volume, record, plainIdentifier(record).name)
  if (!isPathComponent(facts.name)) {
    // Linux also refuses such names. Unchanged, they would look like other paths.
    volume.warnings.add('MALFORMED', 'a name that is invalid in a path is replaced by the ISO 9660 identifier', {
      structure: 'NM entry (RRIP 4.1.4) of a directory record',
      offset: record.offset,
      found: quoted(facts.name),
    })
    return nameOf(volume, record, plainIdentifier(record).name)
  }
  return (record.flags & ASSOCIATED_FILE) === 0 ? facts.name : facts.name + ASSOCIATED_SUFFIX
}

function nameOf(volume: Volume, record: DirectoryRecord, name: ByteString): ByteString {
  if (isSelfOrParent(record)) return ''
  const suffix = (record.flags & ASSOCIATED_FILE) === 0 ? '' : ASSOCIATED_SUFFIX
  if (isPathComponent(name)) return name + suffix
  volume.warnings.add('MALFORMED', 'a file identifier that is invalid in a path is shown with "_"', {
    structure: 'directory record',
    offset: record.offset,
    found: quoted(name),
  })
  return asPathComponent(name) + suffix
}
