import { HINT_TABLE } from '../../analyses/advise/hint-table.ts'
import { type ModuleSetting, optionLine, settingLine } from '../../analyses/advise/module-settings.ts'
import type { Advice, AdviceItem, UncountedItem } from '../../analyses/advise.ts'
import { idsText, surenessText } from '../../views/advise-words.ts'
import { about } from '../../views/cell.ts'
import { cellText } from '../text/cell.ts'
import { printableText } from '../text/printable.ts'
import { PLAIN } from '../text/style.ts'
import { wrapWords } from '../text/wrap.ts'
import type { Unit } from '../units.ts'

/** Columns of a comment. */
const WIDTH = 96

export interface ModuleOptions {
  /** The image as the user named it. */
  readonly image: string
  readonly unit: Unit
}

/** Bytes that a rebuild would bring: "≈ 351.1 KiB". */
function estimateText(bytes: number, unit: Unit): string {
  return cellText(about(bytes), { style: PLAIN, unit, fullPaths: false })
}

/** A NixOS module with the options of all entries that are followed, ready to import. It ends in a newline. */
export function moduleText(advice: Advice, { image, unit }: ModuleOptions): string {
  const { items, uncounted, followed, total, release } = advice
  const all: readonly (AdviceItem | UncountedItem)[] = [...items, ...uncounted]
  const chosen = all.filter(({ isFollowed }) => isFollowed)
  const left = all.filter(({ isFollowed }) => !isFollowed)
  const written = new Set<string>()
  const lines = [
    ...comment(
      `What isoscope advises for ${printableText(image)}${release === undefined ? '' : ` (NixOS ${release})`}.`,
    ),
    ...comment(`${estimateText(total.bytes, unit)} of the image go; a rebuild packs the rest anew.`),
    ...comment('Nobody has built this combination: delete what you do not want, build it, and try it.'),
    '{ config, lib, pkgs, modulesPath, ... }:',
    '{',
    ...chosen.flatMap((item, index) => [
      ...(index === 0 ? [] : ['']),
      ...entryLines(item, followed.settings, written, unit).map((line) => (line === '' ? '' : `  ${line}`)),
    ]),
    '}',
    ...(left.length === 0 ? [] : ['', ...comment('Not in this module:')]),
    ...left.flatMap(({ hint, reason }) => comment(`${hint.id}: ${reason ?? ''}`, '  ')),
  ]
  return `${lines.join('\n')}\n`
}

function entryLines(
  item: AdviceItem | UncountedItem,
  settings: ReadonlyMap<string, ModuleSetting>,
  written: Set<string>,
  unit: Unit,
): string[] {
  const { hint, doubt } = item
  const saves =
    'alone' in item ? `, ${estimateText(Math.max(item.alone.bytes, item.withOthers?.bytes ?? 0), unit)}` : ''
  const others = 'alone' in item && item.withOthers !== undefined ? ` with ${idsText(item.withOthers.ids)}` : ''
  const lines = [
    ...comment(`${hint.id}: ${hint.title}${saves}${others} (${surenessText(hint)})`),
    ...comment(`loses: ${hint.loses}`),
    ...(hint.adds === undefined ? [] : comment(`adds: ${hint.adds}`)),
    ...(doubt === undefined ? [] : comment(`uncertain: ${doubt}`)),
    ...hint.traps.flatMap((key) => {
      const { looks, really } = HINT_TABLE.traps[key]!
      return comment(`${looks}: ${really}`)
    }),
  ]
  if (hint.edit !== undefined) {
    return [...lines, ...comment(`first: ${hint.edit}`), ...hint.options.map((option) => `# ${optionLine(option)}`)]
  }
  for (const { name } of hint.options) {
    const { ids, ...setting } = settings.get(name)!
    const others = ids.filter((id) => id !== hint.id)
    if (written.has(name)) lines.push(...comment(`${name} stands above, for ${idsText(others)} too`))
    else lines.push(settingLine({ ...setting, ids }))
    written.add(name)
  }
  return lines
}

function comment(text: string, indent = ''): string[] {
  return wrapWords(printableText(text), WIDTH - indent.length).map((line) => `# ${indent}${line}`)
}
