import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { utcTime } from '../../parsers/bytes/utc-time.ts'
import type { Entry, EntryType } from '../../parsers/image.ts'
import type { ListedEntry } from '../analyses/listing.ts'
import { type NameCell, name } from './cell.ts'

const TYPE_LETTERS: Readonly<Record<EntryType, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  blockDevice: 'b',
  charDevice: 'c',
  fifo: 'p',
  socket: 's',
}

/** Few modes and times occur in an image, so we remember them: to make both texts for each entry took a third of `ls -lR`. */
const knownModes = new Map<number, string>()
let knownTime = { seconds: 0, text: '1970-01-01 00:00' }

/** "drwxr-xr-x", with s and t for set-user-id, set-group-id and sticky. */
export function modeText({ type, mode }: Pick<Entry, 'type' | 'mode'>): string {
  const permissions = knownModes.get(mode) ?? permissionsOf(mode)
  knownModes.set(mode, permissions)
  return TYPE_LETTERS[type] + permissions
}

function permissionsOf(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, index) => ((mode & (0o400 >> index)) !== 0 ? letter : '-'))
  const special = (bit: number, at: number, letter: string): void => {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase()
  }
  special(0o4000, 2, 's')
  special(0o2000, 5, 's')
  special(0o1000, 8, 't')
  return letters.join('')
}

/** "1980-01-01 00:00" in UTC; seconds if the time is outside the calendar's range. */
export function timeText(seconds: number): string {
  if (seconds !== knownTime.seconds) {
    knownTime = { seconds, text: utcTime(seconds)?.slice(0, -8).replace('T', ' ') ?? `${seconds} s` }
  }
  return knownTime.text
}

/**
 * "/live/initrd.img = /live/initrd.img-6.1.0-50": each name of a hard-linked file shows the other one.
 * @param folder the directory that is listed; '' for none
 */
export function listedName(listed: ListedEntry, folder: ByteString): NameCell {
  const { path } = listed
  const links = listed.links()
  if (links === undefined) return below(path, '', folder)
  // A file may have thousands of names, and each name has a line.
  if (links.length > 2) return below(path, ` +${links.length - 1} names`, folder)
  return below(path, ` = ${listed.pathOfLink(links.find((link) => link !== listed.index)!)}`, folder)
}

/** A path in a directory. Where there is little room, it is what follows the path of the directory. */
export function below(path: ByteString, more: string, folder: ByteString): NameCell {
  const short = path + more
  if (folder === '' || !path.startsWith(`${folder}/`)) return name(short)
  return { kind: 'name', short, shorter: short.slice(folder.length + 1) }
}
