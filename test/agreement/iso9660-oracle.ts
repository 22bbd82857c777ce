import type { EntryType } from '../../parsers/image.ts'
import { mustRun } from '../oracle.ts'

/** What xorriso says of an entry; symbolic links have no size there. */
export interface Listed {
  readonly type: EntryType
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly target: string
}

const TYPES: Readonly<Record<string, EntryType>> = {
  '-': 'file',
  // The boot catalog.
  e: 'file',
  d: 'directory',
  l: 'symlink',
  b: 'blockDevice',
  c: 'charDevice',
  p: 'fifo',
  s: 'socket',
}

const LINE = /^([-edlbcps])([-rwxsStT]{9})\+? +1 (\d+) +(\d+) +(\S+) \w{3} +\d+ +[\d:]+ ('.*?')(?: -> ('.*'))?$/

/** `xorriso -find / -exec lsdl`, by path as a byte string. */
export function xorrisoListing(
  image: string,
  readFs: 'norock' | 'nojoliet' | 'ecma' | 'any' = 'any',
): Map<string, Listed> {
  const lines = xorriso(image, ['-read_fs', readFs], 'lsdl')
  const listing = new Map<string, Listed>()
  for (const line of lines) {
    if (line === '') continue
    const match = LINE.exec(line)
    if (match === null) throw new Error(`xorriso printed a line that is not understood: ${line}`)
    const [, type = '', mode = '', uid, gid, size = '', path = '', target] = match
    listing.set(unquoted(path), {
      type: TYPES[type]!,
      mode: type === 'l' ? 0o777 : modeBits(mode),
      uid: Number(uid),
      gid: Number(gid),
      size: type === '-' || type === 'e' ? Number(size) : 0,
      target: target === undefined ? '' : unquoted(target),
    })
  }
  return listing
}

/** `xorriso -find / -exec report_lba`: the extents of every file with content, as [first block, blocks]. */
export function xorrisoExtents(image: string): Map<string, [number, number][]> {
  const extents = new Map<string, [number, number][]>()
  for (const line of xorriso(image, [], 'report_lba')) {
    const match = /^File data lba: *\d+ , *(\d+) , *(\d+) , *(\d+) , ('.*')$/.exec(line)
    if (match === null || Number(match[3]) === 0) continue
    const path = unquoted(match[4]!)
    extents.set(path, [...(extents.get(path) ?? []), [Number(match[1]), Number(match[2])]])
  }
  return extents
}

/** What one of xorriso's reports says, as lines of trimmed words. */
export function xorrisoReport(image: string, report: string): string[][] {
  const output = mustRun('xorriso', ['-indev', image, ...report.split(' ')], { seconds: 60 }).toString('latin1')
  return output.split('\n').map((line) => line.trim().split(/\s+/))
}

function xorriso(image: string, options: readonly string[], action: string): string[] {
  const args = [...options, '-indev', image, '-find', '/', '-exec', action]
  return mustRun('xorriso', args, { seconds: 120, env: { LC_ALL: 'C.UTF-8' } })
    .toString('latin1')
    .split('\n')
}

/** The text of shell words in single quotes: 'it'"'"'s'. */
function unquoted(words: string): string {
  return words.replaceAll(`'"'"'`, '\0').replaceAll("'", '').replaceAll('\0', "'")
}

/** rwsr-xr-t as bits. */
function modeBits(text: string): number {
  let mode = 0
  for (const [index, char] of [...text].entries()) {
    if (!'-ST'.includes(char)) mode |= 1 << (8 - index)
    if ('sStT'.includes(char)) mode |= 0o1000 << (2 - Math.floor(index / 3))
  }
  return mode
}
