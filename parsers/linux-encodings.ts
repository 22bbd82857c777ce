import type { Entry, EntryType } from './image.ts'

/** Types of files by the four upper bits of a mode, S_IFMT (Linux: include/uapi/linux/stat.h). S_IFREG is 0o100000. */
const MODE_TYPES: readonly (EntryType | undefined)[] = [
  undefined,
  'fifo',
  'charDevice',
  undefined,
  'directory',
  undefined,
  'blockDevice',
  undefined,
  'file',
  undefined,
  'symlink',
  undefined,
  'socket',
]

/** The type of a file by its mode; undefined for a mode that has none. */
export function typeOfMode(mode: number): EntryType | undefined {
  return MODE_TYPES[mode >>> 12]
}

/** Types in the entries of a directory, by their number (Linux: include/linux/fs_types.h, FT_REG_FILE and so on). */
export const DIRECTORY_ENTRY_TYPES: readonly (EntryType | undefined)[] = [
  undefined,
  'file',
  'directory',
  'charDevice',
  'blockDevice',
  'fifo',
  'socket',
  'symlink',
]

/** A device number: minor in bits 0 to 7 and 20 to 31, major in bits 8 to 19 (Linux: new_decode_dev). */
export function deviceOf(rdev: number): NonNullable<Entry['device']> {
  return { major: (rdev >>> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >>> 12) & 0xfff00) }
}
