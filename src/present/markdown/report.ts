import type { Report } from '../../analyses/report.ts'
import { OUTSIDE } from '../../store/attribution.ts'
import { baseOfPath } from '../../store/store-path.ts'
import { plural } from '../diff-words.ts'
import { printable, printableText } from '../text/printable.ts'
import { formatBytes, formatCount, formatPercent, type Unit } from '../units.ts'
import { escapeMarkdown } from './escape.ts'

/**
 * The report as GitHub-flavoured Markdown.
 * @param top store paths, or files where there are none; 0 for all
 */
export function reportMarkdown(report: Report, top: number, unit: Unit): string {
  const { image, regions, storePaths, accounts, references } = report
  const bytes = (size: number): string => formatBytes(size, unit)
  const text = (name: string): string => escapeMarkdown(printable(name))
  const facts = [
    `${formatCount(image.size)} bytes`,
    ...(image.label === null ? [] : [`NixOS ${escapeMarkdown(printableText(image.label))}`]),
    ...(image.storePaths === 0 ? [] : [plural(image.storePaths, 'store path')]),
  ]
  const lines = [
    `### ${escapeMarkdown(printableText(image.name))}: **${bytes(image.size)}**`,
    '',
    facts.join(' · '),
    '',
  ]
  if (image.format === 'iso9660') {
    lines.push('| on ISO | % | unpacked | region |', '|---:|---:|---:|---|')
    for (const { name, own, unpacked } of regions) {
      lines.push(`| ${bytes(own)} | ${formatPercent(own, image.size)} | ${bytes(unpacked)} | ${text(name)} |`)
    }
    lines.push('')
  }
  const files = accounts.filter(({ kind }) => kind === 'file')
  const owners = storePaths.length > 0 ? storePaths : [...files].sort((a, b) => b.own - a.own)
  const shown = top === 0 ? owners : owners.slice(0, top)
  lines.push('| own | % | retained | unpacked | |', '|---:|---:|---:|---:|---|')
  for (const { own, unpacked, name, ...rest } of shown) {
    const retained = references?.holdings.get('path' in rest ? baseOfPath(rest.path) : '')?.retained
    const held = retained === undefined ? '' : bytes(retained)
    lines.push(`| ${bytes(own)} | ${formatPercent(own, image.size)} | ${held} | ${bytes(unpacked)} | ${text(name)} |`)
  }
  // What is no file of a squashfs, but stands around it.
  const around = image.format === 'squashfs' ? accounts.filter(({ region }) => region === OUTSIDE) : []
  for (const { own, name } of around) {
    lines.push(`| ${bytes(own)} | ${formatPercent(own, image.size)} | | | ${escapeMarkdown(`[${name}]`)} |`)
  }
  const rest = image.size - [...shown, ...around].reduce((sum, { own }) => sum + own, 0)
  if (rest > 0) lines.push(`| ${bytes(rest)} | ${formatPercent(rest, image.size)} | | | all else |`)
  return `${lines.join('\n')}\n`
}
