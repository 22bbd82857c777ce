import { traitsOf } from '../../parsers/formats.ts'
import type { InsideRow } from '../analyses/inside-rows.ts'
import { bytes, joined, name, plural, type Words } from './cell.ts'

/**
 * What an image inside is, in a few words: "zstd cpio, 61 store paths".
 * @param noun what one owner is called, and several
 */
export function insideWords(row: InsideRow, noun: readonly [one: string, several: string]): Words {
  const { owners } = row
  return joined([whatItIs(row), ...(owners === 0 ? [] : [plural(owners, ...noun)])], ', ')
}

function whatItIs({ format, facts, accounts }: InsideRow): Words {
  const fact = (key: string): Words => {
    const value = String(facts[key] ?? '')
    return value === '' ? [] : [name(value)]
  }
  switch (format) {
    case 'initrd': {
      const compressions = String(facts['compression'] ?? '')
        .split(', ')
        .filter((compression) => compression !== 'none' && compression !== '')
      return [...compressions.flatMap((compression) => [name(compression), ' ']), 'cpio']
    }
    case 'kernel':
      return joined(
        [joined([['Linux'], fact('release')].filter(isSaid), ' '), fact('compression')].filter(isSaid),
        ', ',
      )
    case 'fat': {
      const free = accounts.find(({ kind, name: its }) => kind === 'structure' && its === FREE_CLUSTERS)
      return ['FAT', ...fact('fatType'), ...(free === undefined ? [] : [', ', bytes(free.own), ' free'])]
    }
    case 'vmlinux':
      return [
        facts['configuration'] === true ? `${traitsOf(format).title} with its configuration` : traitsOf(format).title,
      ]
    case 'pe':
      return facts['uname'] === undefined
        ? [traitsOf(format).title]
        : ['Linux ', ...fact('uname'), ' as an EFI program']
    default:
      return joined([[traitsOf(format).title], fact('compressor')].filter(isSaid), ' ')
  }
}

function isSaid(words: Words): boolean {
  return words.length > 0
}

/** The account of a FAT file system's clusters that no file has. */
const FREE_CLUSTERS = 'free clusters'
