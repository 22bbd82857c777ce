import { traitsOf } from '../../../parsers/formats.ts'
import type { Report } from '../../analyses/report.ts'
import { type Account, isBesideTree, OUTSIDE } from '../../inventory/attribution.ts'
import { wastedBytes } from '../../inventory/paid-twice.ts'
import { nameOf } from '../../owners/names.ts'
import { duplicatesText } from '../duplicates-words.ts'
import { insideWords } from '../inside-words.ts'
import { namesLabel } from '../text/names-label.ts'
import { printable, printableText } from '../text/printable.ts'
import { formatBytes, formatCount, formatPercent, plural, type Unit } from '../units.ts'
import { escapeMarkdown } from './escape.ts'

/**
 * The report as GitHub-flavoured Markdown.
 * @param top how many store paths to list, or files if there are none; 0 for all
 */
export function reportMarkdown(report: Report, top: number, unit: Unit): string {
  const { image, noun, regions, owners, accounts, references } = report
  const bytes = (size: number): string => formatBytes(size, unit)
  const text = (name: string, otherNames?: readonly string[]): string => escapeMarkdown(namesLabel(name, otherNames))
  const namesOfImages = new Map(image.squashfs.map(({ path, otherNames }) => [path, otherNames]))
  const facts = [
    `${formatCount(image.size)} bytes`,
    ...(image.label === null ? [] : [`NixOS ${escapeMarkdown(printableText(image.label))}`]),
    ...(image.owners === 0 ? [] : [plural(image.owners, ...noun)]),
  ]
  const lines = [
    `### ${escapeMarkdown(printableText(image.name))}: **${bytes(image.size)}**`,
    '',
    facts.join(' · '),
    '',
  ]
  const isDisc = traitsOf(image.format).looksInside === 'files'
  if (isDisc) {
    lines.push('| on ISO | % | unpacked | region |', '|---:|---:|---:|---|')
    for (const { name, own, unpacked } of regions) {
      lines.push(
        `| ${bytes(own)} | ${formatPercent(own, image.size)} | ${bytes(unpacked)} | ${text(name, namesOfImages.get(name))} |`,
      )
    }
    lines.push('')
  }
  const files = accounts.filter(({ kind }) => kind === 'file')
  const listed = owners.length > 0 ? owners : [...files].sort((a, b) => b.own - a.own)
  const shown = top === 0 ? listed : listed.slice(0, top)
  lines.push('| own | % | retained | unpacked | |', '|---:|---:|---:|---:|---|')
  for (const { own, unpacked, name, ...rest } of shown) {
    const retained = references?.holdings.get('key' in rest ? rest.key : '')?.retained
    const held = retained === undefined ? '' : bytes(retained)
    const label = text(name, 'otherNames' in rest ? rest.otherNames : undefined)
    lines.push(`| ${bytes(own)} | ${formatPercent(own, image.size)} | ${held} | ${bytes(unpacked)} | ${label} |`)
  }
  // The rest is neither a file, a store path nor a table: parts beside the tree, and bytes around a squashfs.
  const isAround = ({ region }: Account): boolean => !isDisc && region === OUTSIDE
  const others = accounts.filter((account) => isBesideTree(account) || isAround(account)).sort((a, b) => b.own - a.own)
  for (const account of others) {
    const label = isAround(account) ? escapeMarkdown(`[${printable(account.name)}]`) : text(account.name)
    lines.push(`| ${bytes(account.own)} | ${formatPercent(account.own, image.size)} | | | ${label} |`)
  }
  const rest = image.size - [...shown, ...others].reduce((sum, { own }) => sum + own, 0)
  if (rest > 0) lines.push(`| ${bytes(rest)} | ${formatPercent(rest, image.size)} | | | all else |`)
  lines.push(...imagesInside(report, unit), ...paidTwice(report, unit))
  const { duplicates } = report
  if (duplicates.packages > 0) lines.push('', `Duplicates: ${duplicatesText(duplicates, unit)}.`)
  return `${lines.join('\n')}\n`
}

/** The images that are one account in the tables above, and what each is. */
function imagesInside({ inside, noun }: Report, unit: Unit): string[] {
  const files = inside.filter(({ format }) => traitsOf(format).accounts === 'of its file')
  if (files.length === 0) return []
  const rows = files.map((row) => {
    const what = escapeMarkdown(insideWords(row, noun, unit))
    return `| ${formatBytes(row.own, unit)} | ${escapeMarkdown(namesLabel(row.path, row.otherNames))} | ${what} |`
  })
  return ['', '| own | inside | |', '|---:|---|---|', ...rows]
}

/** Content that is in several images, most wasted bytes first. */
function paidTwice({ paidTwice: copies }: Report, unit: Unit): string[] {
  if (copies.length === 0) return []
  const rows = copies.slice(0, MAX_TWICE).map((copy) => {
    const name = copy.owner === undefined ? copy.places[0]!.path : nameOf(copy.owner)
    const places = copy.places.map(({ own, image, path }) => {
      return `${formatBytes(own, unit)} in ${escapeMarkdown(printable(image === '/' ? path : image))}`
    })
    return `| ${formatBytes(wastedBytes(copy), unit)} | ${escapeMarkdown(printable(name))} | ${places.join('<br>')} |`
  })
  const wasted = copies.reduce((sum, copy) => sum + wastedBytes(copy), 0)
  const total = `| **${formatBytes(wasted, unit)}** | **total of ${plural(copies.length, 'copy', 'copies')}** | |`
  return ['', '| paid for twice | by content | |', '|---:|---|---|', ...rows, total]
}

/** How many copies we list. */
const MAX_TWICE = 10
