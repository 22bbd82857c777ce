import type { EntryType } from '../../../parsers/image.ts'
import type { ListedEntry } from '../../analyses/listing.ts'
import { formatBytes, type Unit } from '../units.ts'
import { printable } from './printable.ts'

const TYPE_LETTERS: Readonly<Record<EntryType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  blockDevice: 'b',
  charDevice: 'c',
  fifo: 'p',
  socket: 's',
}

/** One entry as a long line: mode, owner, size, stored, time in UTC, path and target. */
export function longLine(listed: ListedEntry, unit: Unit): string {
  const { type, mode, uid, gid, size, mtime, target, device } = listed.entry
  const owner = `${uid}/${gid}`.padEnd(7)
  const sizeText = device === undefined ? formatBytes(size, unit) : `${device.major},${device.minor}`
  const storedText = type === 'file' ? formatBytes(listed.stored(), unit) : '–'
  const time = new Date(mtime * 1000).toISOString()
  const when = `${time.slice(0, time.indexOf('T'))} ${time.slice(time.indexOf('T') + 1, -8)}`
  const arrow = target === undefined ? '' : ` -> ${printable(target)}`
  return `${TYPE_LETTERS[type]}${permissions(mode)} ${owner} ${sizeText.padStart(11)} ${storedText.padStart(11)} ${when} ${printable(listed.path)}${arrow}`
}

/** "rwxr-xr-x", with s and t where set-user-id, set-group-id and sticky are. */
function permissions(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => ((mode & (0o400 >> index)) !== 0 ? letter : '-'))
  const special = (bit: number, at: number, letter: string): void => {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase()
  }
  special(0o4000, 2, 's')
  special(0o2000, 5, 's')
  special(0o1000, 8, 't')
  return letters.join('')
}
