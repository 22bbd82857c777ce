import type { FileDiffRow } from '../../analyses/diff-files.ts'
import { formatBytes, formatDelta, type Unit } from '../units.ts'
import { printable } from './printable.ts'
import { dim, inAscii, type TextStyle } from './style.ts'
import { formatTable } from './table.ts'

export interface FileDiffTextOptions {
  readonly style: TextStyle
  readonly unit: Unit
  readonly haveContents: boolean
}

const WORDS = {
  content: 'other content',
  type: 'another type',
  mode: 'executable or no more',
  target: 'leads elsewhere',
} as const

/** Which files of a store path changed, as text that ends in a newline. */
export function fileDiffText(
  rows: readonly FileDiffRow[],
  oldPath: string | null,
  newPath: string | null,
  { style, unit, haveContents }: FileDiffTextOptions,
): string {
  const lines = [`--- ${oldPath ?? '(not in it)'}`, `+++ ${newPath ?? '(not in it)'}`, '']
  if (rows.length === 0) lines.push('Nothing changed.')
  else {
    const columns = [
      { heading: 'UNPACKED', align: 'right' },
      { heading: 'BEFORE', align: 'right' },
      { heading: 'AFTER', align: 'right' },
      { heading: 'CHANGE', align: 'left' },
      { heading: '', align: 'left' },
    ] as const
    const total = rows.reduce((sum, { before, after }) => sum + after - before, 0)
    const cells = rows.map(({ class: kind, path, before, after, what }) => [
      formatDelta(after - before, unit),
      kind === 'new' ? '–' : formatBytes(before, unit),
      kind === 'gone' ? '–' : formatBytes(after, unit),
      kind,
      `${path === '' ? 'itself' : printable(path)}${what === undefined ? '' : `   ${WORDS[what]}`}`,
    ])
    lines.push(formatTable(columns, [...cells, [formatDelta(total, unit), '', '', '', 'total']]))
  }
  if (!haveContents)
    lines.push('', dim('A saved report has no contents: files of the same size count as equal.', style))
  const text = `${lines.join('\n')}\n`
  return style.unicode ? text : inAscii(text)
}
