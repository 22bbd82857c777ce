import { type ByteString, byteString } from '../bytes/byte-string.ts'
import { atLimit } from '../bytes/limits.ts'
import { deviceOf } from '../linux-encodings.ts'
import { longDate, shortDate } from './date.ts'
import { type DirectoryRecord, u32le } from './directory-record.ts'
import { SymlinkTarget } from './symlink-target.ts'
import { type SystemUseReader, signature } from './system-use.ts'
import type { Volume } from './volume.ts'
import { readZisofsEntry, type ZisofsEntry } from './zisofs.ts'

const PX = signature('PX')
const PN = signature('PN')
const SL = signature('SL')
const NM = signature('NM')
const CL = signature('CL')
const RE = signature('RE')
const TF = signature('TF')
const SF = signature('SF')
const ZF = signature('ZF')

/** The facts in the system use entries of one record. Undefined means that no entry states it. */
export interface RockRidge {
  name: ByteString | undefined
  /** Type and permissions, as in stat's st_mode. */
  mode: number | undefined
  uid: number
  gid: number
  mtime: number | undefined
  target: ByteString | undefined
  device: { readonly major: number; readonly minor: number } | undefined
  /** The block of a relocated directory that belongs here (CL). */
  childLink: number | undefined
  /** Whether a writer moved this directory here from a deeper level (RE). */
  relocated: boolean
  zisofs: ZisofsEntry | undefined
  sparse: boolean
}

/** NM flags (RRIP 4.1.4). */
const NAME_CONTINUES = 0x01
const NAME_IS_CURRENT_OR_PARENT = 0x06

/** TF flags (RRIP 4.1.6). They say which stamps exist, in this order, and whether stamps take 17 bytes. */
const TF_CREATION = 0x01
const TF_MODIFY = 0x02
const TF_LONG_FORM = 0x80

/**
 * Reads the entries of a record and of its continuation areas.
 * @param skip bytes before the first entry of every system use field (SUSP 5.3, LEN_SKP)
 */
export function readRockRidge(
  { limits, warnings }: Volume,
  reader: SystemUseReader,
  record: DirectoryRecord,
  skip: number,
): RockRidge {
  const facts: RockRidge = {
    name: undefined,
    mode: undefined,
    uid: 0,
    gid: 0,
    mtime: undefined,
    target: undefined,
    device: undefined,
    childLink: undefined,
    relocated: false,
    zisofs: undefined,
    sparse: false,
  }
  let name: ByteString | undefined
  let nameOpen = true
  let target: SymlinkTarget | undefined
  const start = record.systemUseStart + skip
  reader.read(record.bytes, start, record.systemUseEnd, record.offset, (word, bytes, at, length) => {
    switch (word) {
      case PX:
        if (length < 36) break
        facts.mode = u32le(bytes, at + 4)
        facts.uid = u32le(bytes, at + 20)
        facts.gid = u32le(bytes, at + 28)
        break
      case NM: {
        if (length < 5 || !nameOpen) break
        const flags = bytes[at + 4]!
        // A record cannot have the name '.' or '..', so we keep the ISO 9660 identifier.
        if ((flags & NAME_IS_CURRENT_OR_PARENT) === 0) name = (name ?? '') + byteString(bytes, at + 5, at + length)
        nameOpen = (flags & NAME_CONTINUES) !== 0 && (name ?? '').length <= limits.name
        break
      }
      case TF:
        facts.mtime = modifyTime(bytes, at, length) ?? facts.mtime
        break
      case SL:
        if (length < 5) break
        target ??= new SymlinkTarget(limits.symlink)
        target.add(bytes, at, length)
        break
      case PN:
        if (length >= 20) facts.device = deviceNumber(u32le(bytes, at + 4), u32le(bytes, at + 12))
        break
      case CL:
        if (length >= 12) facts.childLink = u32le(bytes, at + 4)
        break
      case RE:
        facts.relocated = true
        break
      case ZF:
        facts.zisofs = readZisofsEntry(bytes, at, length) ?? facts.zisofs
        break
      case SF:
        facts.sparse = true
        break
    }
  })
  const tell = (what: string, limit: 'name' | 'symlink'): void => {
    const place = { structure: 'directory record', offset: record.offset, ...atLimit(limits, limit) }
    warnings.lose('LIMIT', `${what} longer than ${limits[limit]} bytes is cut`, place)
  }
  if (name !== undefined && name.length > limits.name) {
    tell('a name', 'name')
    name = name.slice(0, limits.name)
  }
  if (target?.isCut === true) tell('the target of a symbolic link', 'symlink')
  facts.name = name === '' ? undefined : name
  facts.target = target?.text()
  return facts
}

/** The modification stamp of a TF entry, else its creation stamp, because some writers set only that. */
function modifyTime(bytes: Uint8Array, at: number, length: number): number | undefined {
  if (length < 5) return undefined
  const flags = bytes[at + 4]!
  const stamp = (flags & TF_LONG_FORM) === 0 ? 7 : 17
  const before = (flags & TF_CREATION) !== 0 && (flags & TF_MODIFY) !== 0 ? stamp : 0
  const from = at + 5 + before
  if ((flags & (TF_CREATION | TF_MODIFY)) === 0 || from + stamp > at + length) return undefined
  return stamp === 7 ? shortDate(bytes, from) : longDate(byteString(bytes, from, from + 17))
}

/** PN (RRIP 4.1.2): both halves of a 64-bit device number. If the high half is 0, the low one holds a Linux dev_t. */
function deviceNumber(high: number, low: number): { major: number; minor: number } {
  if (high !== 0 || low <= 0xff) return { major: high, minor: low }
  return deviceOf(low)
}
