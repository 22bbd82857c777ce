import { byteStringOfText } from '../../parsers/bytes/byte-string.ts'
import type { Diff, DiffRow, NamedEdge } from '../analyses/diff.ts'
import type { SummedRows } from '../analyses/summarise-diff.ts'
import { nameOf } from '../owners/names.ts'
import {
  bytes,
  type Cell,
  count,
  type Line,
  MISSING,
  type NameCell,
  name,
  phrases,
  plural,
  type Words,
} from './cell.ts'
import { compressionWords } from './compression.ts'
import { fileName } from './file-names.ts'
import type { Noun } from './nouns.ts'
import { optionName } from './option-words.ts'
import { contentSuffix } from './owner-names.ts'
import { regionName } from './region-name.ts'

/**
 * The name of a row of a diff: "systemd 260.1 → 260.2". Where it has no room, the old version is left out first.
 * @param noun what owners are called in brief: "path", "paths"
 */
export function rowName(row: DiffRow, noun: Noun): Cell {
  const { kind, name: its, otherNames, before, after } = row
  if (kind === 'file' || kind === 'directory') return fileName(its, otherNames)
  if (kind === 'packing') return wordings(...packingNames(row, noun))
  if (kind === 'region') {
    const region: Words =
      row.isRest !== true ? [regionName(its)] : its === '/' ? ['rest of the image'] : ['rest of ', regionName(its)]
    return wordings([...region, '   ', bytes(before), ' → ', bytes(after)], region)
  }
  const short = shortName(row)
  const { old, now, only } = versionsOf(row)
  if (old === '' || now === '' || old === now) return wordings([short, ...spaced(now === '' ? old : now), only])
  return wordings([short, ' ', name(old), ' → ', name(now), only], [short, ' … → ', name(now), only])
}

function wordings(...some: readonly Words[]): Cell {
  return { kind: 'wordings', wordings: some }
}

function spaced(version: string): Words {
  return version === '' ? [] : [' ', name(version)]
}

function shortName({ hash, name: its, content }: DiffRow): NameCell {
  return name((hash === undefined ? '' : byteStringOfText(`${hash}…-`)) + its + contentSuffix(content))
}

/** The versions of both sides, and whether the package has others, which did not change. */
function versionsOf({ class: what, kind, oldVersions, newVersions }: DiffRow) {
  const listed = (some: readonly string[]): string =>
    some.map((version) => (version === '' ? '(no version)' : version)).join(', ')
  const isOneSided = kind === 'package' && what === 'changed' && (oldVersions.length === 0 || newVersions.length === 0)
  const only = isOneSided ? (newVersions.length > 0 ? ' new' : ' gone') : ''
  return { old: listed(oldVersions), now: listed(newVersions), only }
}

/** The names of a packing row, longest first. */
function packingNames({ paths, comparedBy }: DiffRow, noun: Noun): readonly Words[] {
  const { narHash = 0, content = 0, namesAndSizes = 0 } = comparedBy ?? {}
  const equal: Words =
    namesAndSizes === 0
      ? [`same ${[...(narHash > 0 ? ['NAR hash'] : []), ...(content > 0 ? ['content'] : [])].join(' or ')}`]
      : namesAndSizes === paths
        ? ['same names and sizes']
        : [count(namesAndSizes), ' by names and sizes']
  const repacking: Words = ['[repacking: ', ...plural(paths, ...noun)]
  return [
    [...repacking, ', ', ...equal, ']'],
    [...repacking, ']'],
  ]
}

/** What explains a row: "through: etc → perl", "contents differ in 3 files", "zstd level 19 → 6". */
export function rowReason({ class: what, kind, contentsDiffer, compression, through, lost }: DiffRow): Cell {
  if (contentsDiffer !== undefined && (kind === 'region' || kind === 'file')) return phrases(['contents differ'])
  if (contentsDiffer !== undefined) return phrases(['contents differ in ', ...plural(contentsDiffer, 'file')])
  if (compression !== undefined) return phrases(compressionWords(compression))
  if (what === 'same' && (kind === 'file' || kind === 'directory')) return phrases(['packed otherwise'])
  if (through !== undefined) return phrases(['through: ', edge(through)])
  return lost === undefined ? MISSING : phrases(['lost: ', edge(lost)])
}

function edge({ from, to }: NamedEdge): Cell {
  return { kind: 'reference', from: name(nameOf(from)), to: name(nameOf(to)), more: 0 }
}

/** Names for a sum of rows: "[12 small changes; -n 0 --min 0 shows them]". */
export function sumName({ reason, rows }: SummedRows, noun: Noun): Cell {
  const named = (what: Words, brief: string, option: string): Cell =>
    wordings(
      ['[', ...what, `; ${option} shows them]`],
      ['[', ...what, `; ${option}]`],
      ['[', count(rows), ` ${brief}; ${option}]`],
    )
  switch (reason) {
    case 'rebuilt':
      return named([...plural(rows, ...noun), ' rebuilt, same version'], 'rebuilt', '--rebuilt')
    case 'small':
      return named(plural(rows, 'small change'), 'small', '-n 0 --min 0')
    case 'more':
      return named(plural(rows, 'more change'), 'more', '-n 0')
    case 'other':
      return wordings(['[', ...plural(rows, 'other row'), ']'])
  }
}

/** The options that take out what came in: "option: documentation.enable (nix-manual 2.31.2, man-db 2.13.1)". */
export function optionLines({ rows }: Diff): readonly Line[] {
  const byOption = new Map<string, NameCell[]>()
  for (const row of rows) {
    if (row.option === undefined) continue
    const { old, now } = versionsOf(row)
    const version = now === '' ? old : now
    const named = name(shortName(row).short + (version === '' ? '' : ` ${version}`))
    const option = optionName(row.option)
    const known = byOption.get(option)
    if (known === undefined) byOption.set(option, [named])
    else known.push(named)
  }
  return Array.from(byOption, ([option, names]): Line => {
    return { phrases: [[`option: ${option}`], ['(', { kind: 'names', names }, ')']], between: '', indent: 1 }
  })
}
