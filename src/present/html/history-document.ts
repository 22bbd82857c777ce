import type { History, HistoryImage, HistoryLine } from '../../analyses/history.ts'
import { causesOf } from '../../analyses/step-causes.ts'
import { causeName, causeReason, imageNames, lineLabel, orderText } from '../../views/history.ts'
import { timeText } from '../../views/metadata.ts'
import { nounsOf } from '../../views/nouns.ts'
import { plainWords } from '../text/cell.ts'
import { printable, printableText } from '../text/printable.ts'
import { formatCount } from '../units.ts'
import { pageChange } from './diff-document.ts'
import type { PageHistory, PageHistoryImage, PageHistoryLine } from './page-data.ts'

/** Lines that a page has of their own: so many that changed most, and so many that are largest. */
const MOST_LINES = 150
/** Causes that a page tells of each step. */
const MOST_CAUSES = 8

/** A series of images as a page has it. */
export function historyDocument({ images, lines, order, kind }: History): PageHistory {
  const names = imageNames(images.map(({ path }) => path)).map((name) => printableText(name))
  const isByPackage = lines.some((line) => line.kind === 'package')
  const [one, several] = isByPackage ? ['package', 'packages'] : ['region', 'regions']
  return {
    name: images.length === 1 ? names[0]! : `${names[0]!} → ${names.at(-1)!}`,
    order: `ordered ${orderText(order)}`,
    noun: nounsOf(kind).owner,
    images: images.map((image, at) => pageImage(image, names[at]!, kind)),
    lines: pageLines(lines, [one, several]),
    linesOf: several,
  }
}

function pageImage({ summary, complete, step }: HistoryImage, name: string, kind: string): PageHistoryImage {
  const { size, owners, label, volumeId, created } = summary
  return {
    name,
    size,
    owners,
    came: step?.counts.new ?? 0,
    went: step?.counts.gone ?? 0,
    facts: [
      ...(label === null ? [] : [['NixOS', printableText(label)] as const]),
      ...(volumeId === null ? [] : [['volume', printable(volumeId)] as const]),
      ...(created === undefined ? [] : [['made', timeText(created)] as const]),
    ],
    isWhole: complete,
    causes: causesOf(step?.changes ?? [])
      .slice(0, MOST_CAUSES)
      .map((cause) => ({
        name: plainWords([causeName(cause, kind)]),
        reason: plainWords([causeReason(cause)]),
        delta: cause.delta,
      })),
    changes: (step?.changes ?? []).map((row) => pageChange(row, kind)),
    rest: { changes: step?.rest.rows ?? 0, delta: step?.rest.delta ?? 0 },
  }
}

/** The lines that changed most and the largest ones, and a line that all others add up to. */
function pageLines(
  lines: readonly HistoryLine[],
  [one, several]: readonly [string, string],
): readonly PageHistoryLine[] {
  const largest = [...lines].sort((a, b) => b.most - a.most).slice(0, MOST_LINES)
  const kept = new Set([...lines.slice(0, MOST_LINES), ...largest])
  const others = lines.filter((line) => !kept.has(line))
  const made = Array.from(kept, (line): PageHistoryLine => {
    return { name: plainWords([lineLabel(line)]), isRest: line.isRest, own: line.sizes() }
  })
  if (others.length === 0) return made
  const own = others[0]!.sizes().map(() => 0)
  for (const line of others) for (const [image, bytes] of line.sizes().entries()) own[image]! += bytes
  const name = `[${formatCount(others.length)} more ${others.length === 1 ? one : several}]`
  return [...made, { name, isRest: true, own }]
}
