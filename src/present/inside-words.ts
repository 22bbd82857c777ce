import { traitsOf } from '../../parsers/formats.ts'
import type { InsideRow } from '../analyses/inside-rows.ts'
import { printable } from './text/printable.ts'
import { formatBytes, plural, type Unit } from './units.ts'

/**
 * What an image inside is, in a few words: "zstd cpio, 61 store paths".
 * @param noun what one owner is called, and several
 */
export function insideWords(row: InsideRow, noun: readonly [one: string, several: string], unit: Unit): string {
  const { owners } = row
  return [whatItIs(row, unit), ...(owners === 0 ? [] : [plural(owners, ...noun)])].join(', ')
}

function whatItIs({ format, facts, accounts }: InsideRow, unit: Unit): string {
  const fact = (name: string): string => printable(String(facts[name] ?? ''))
  switch (format) {
    case 'initrd': {
      const compressions = fact('compression')
        .split(', ')
        .filter((name) => name !== 'none' && name !== '')
      return [...compressions, 'cpio'].join(' ')
    }
    case 'kernel':
      return [`Linux ${fact('release')}`.trimEnd(), fact('compression')].filter((text) => text !== '').join(', ')
    case 'fat': {
      const free = accounts.find(({ kind, name }) => kind === 'structure' && name === FREE_CLUSTERS)
      return `FAT${fact('fatType')}${free === undefined ? '' : `, ${formatBytes(free.own, unit)} free`}`
    }
    case 'vmlinux':
      return facts['configuration'] === true
        ? `${traitsOf(format).title} with its configuration`
        : traitsOf(format).title
    case 'pe':
      return facts['uname'] === undefined ? traitsOf(format).title : `Linux ${fact('uname')} as an EFI program`
    default:
      return [traitsOf(format).title, fact('compressor')].filter((text) => text !== '').join(' ')
  }
}

/** The account of a FAT file system's clusters that no file has. */
const FREE_CLUSTERS = 'free clusters'
