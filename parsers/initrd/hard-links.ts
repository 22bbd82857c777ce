import type { Header } from '../cpio/header.ts'
import type { EntryType } from '../image.ts'
import { NONE } from './members.ts'

/**
 * Groups of hard links: members of one archive with the same device and inode number. GNU cpio stores the content with
 * the last name only, other writers with the first, or with each (`odc`). Linux takes whichever comes last.
 */
export class HardLinks {
  /** The first member of each group. */
  readonly firsts: number[] = []
  /** The member whose content all names of a group have; NONE if the content is empty. */
  readonly contents: number[] = []
  /** The groups of the archive that we are reading. */
  readonly #groups = new Map<string, number>()

  /** Ends an archive. The next one may use the same inode numbers for other files. */
  endArchive(): void {
    this.#groups.clear()
  }

  /**
   * The group of a member, or NONE if it has one name only.
   * @param member its number
   * @param size bytes of its content
   */
  join(member: number, { nlink, devmajor, devminor, ino }: Header, type: EntryType | undefined, size: number): number {
    if (nlink < 2 || type === undefined || type === 'directory' || type === 'symlink') return NONE
    const key = `${type} ${devmajor} ${devminor} ${ino}`
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = this.firsts.length
      this.#groups.set(key, group)
      this.firsts.push(member)
      this.contents.push(NONE)
    }
    if (size > 0) this.contents[group] = member
    return group
  }
}
