import type { EntryType } from '../../../parsers/image.ts'
import type { ListedEntry } from '../../analyses/listing.ts'
import type { PlacedExtent } from '../../analyses/placed-extents.ts'
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

/** One entry as a long line: mode, owner, size, stored, time in UTC, and path with target or other names. */
export function longLine(listed: ListedEntry, unit: Unit): string {
  const { type, mode, uid, gid, size, mtime, target, device } = listed.entry
  const owner = `${uid}/${gid}`.padEnd(7)
  const sizeText = device === undefined ? formatBytes(size, unit) : `${device.major},${device.minor}`
  const storedText = type === 'file' ? formatBytes(listed.stored(), unit) : '–'
  const time = new Date(mtime * 1000).toISOString()
  const when = `${time.slice(0, time.indexOf('T'))} ${time.slice(time.indexOf('T') + 1, -8)}`
  const arrow = target === undefined ? '' : ` -> ${printable(target)}`
  return `${TYPE_LETTERS[type]}${permissions(mode)} ${owner} ${sizeText.padStart(11)} ${storedText.padStart(11)} ${when} ${namesOf(listed)}${arrow}`
}

/** "/live/initrd.img = /live/initrd.img-6.1.0-50": each name of a hard-linked file shows the other one. */
function namesOf(listed: ListedEntry): string {
  const links = listed.links()
  if (links === undefined) return printable(listed.path)
  // A file may have thousands of names, and each name has a line.
  if (links.length > 2) return `${printable(listed.path)} +${links.length - 1} names`
  return `${printable(listed.path)} = ${printable(listed.pathOfLink(links.find((link) => link !== listed.index)!))}`
}

/**
 * Lines below an entry, one for each place of its content: bytes of the image file, and in an ISO the sector. If the
 * content is compressed, the line states its unpacked size. A fragment also has parts of other files, before and after
 * this one.
 */
export function extentLines(extents: readonly PlacedExtent[]): string {
  return extents.map((extent) => `\n${EXTENT_INDENT}${extentText(extent)}`).join('')
}

const EXTENT_INDENT = ' '.repeat(4)

function extentText({ offset, length, sector, codec, unpacked, skip }: PlacedExtent): string {
  return [
    `offset ${offset}`,
    `length ${length}`,
    ...(sector === undefined ? [] : [`sector ${sector}`]),
    ...(codec === 'stored' ? [] : [codec]),
    ...(codec === 'stored' || skip !== undefined ? [] : [`unpacked ${unpacked}`]),
    ...(skip === undefined ? [] : [`fragment, in it skip ${skip} length ${unpacked}`]),
  ].join('  ')
}

/** "rwxr-xr-x", with s and t for set-user-id, set-group-id and sticky. */
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
