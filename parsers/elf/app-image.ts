import type { Problems } from '../bytes/problems.ts'
import { RangeList } from '../bytes/range-list.ts'
import type { ByteSource } from '../bytes/source.ts'
import type { ElfHeader } from './header.ts'
import { elfSections } from './sections.ts'

/** Sections of an AppImage's runtime that are about the AppImage ("AppImage specification"; appimagetool). */
const SECTIONS: ReadonlyMap<string, string> = new Map([
  ['.upd_info', 'AppImage update information (.upd_info)'],
  ['.sha256_sig', 'AppImage signature (.sha256_sig)'],
  ['.sig_key', 'AppImage signing key (.sig_key)'],
  ['.digest_md5', 'AppImage digest (.digest_md5)'],
])
const RUNTIME = 'AppImage runtime'

/** A part of the program that an AppImage begins with, in bytes. */
export interface RuntimePart {
  readonly name: string
  readonly offset: number
  readonly length: number
}

/**
 * Tells the sections of a runtime apart that are about the AppImage. The rest of it is the runtime itself.
 * @param end where the runtime ends
 */
export function runtimeParts(source: ByteSource, header: ElfHeader, end: number, problems: Problems): RuntimePart[] {
  const size = Math.min(end, source.size)
  const named = elfSections(source, header, problems).flatMap(({ name: its, offset, size: length, headerOffset }) => {
    const name = SECTIONS.get(its)
    if (name === undefined || length === 0) return []
    if (offset + length <= size) return [{ name, offset, length }]
    const place = { structure: `section header of ${its}`, offset: headerOffset, field: 'sh_offset' }
    const sizes = { found: offset, expected: `at most ${Math.max(size - length, 0)}` }
    problems.lose('MALFORMED', 'the section lies outside the runtime', { ...place, ...sizes })
    return []
  })
  const taken = new RangeList()
  for (const { offset, length } of named) taken.add(offset, length)
  const rest = Array.from(taken.gaps(size), ([start, stop]) => ({ name: RUNTIME, offset: start, length: stop - start }))
  return [...named, ...rest]
}
