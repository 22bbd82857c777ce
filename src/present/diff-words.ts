import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { Compression, CompressionChange } from '../analyses/compression-changes.ts'
import type { Diff, DiffRow, NamedEdge } from '../analyses/diff.ts'
import type { OutsideChange, OutsideDiff } from '../analyses/outside-diff.ts'
import type { SummedRows } from '../analyses/summarise-diff.ts'
import { nameOf } from '../owners/names.ts'
import { optionName } from './check-words.ts'
import { namesLabel } from './text/names-label.ts'
import { contentText } from './text/owner-labels.ts'
import { printable, printableText, shortenMiddle } from './text/printable.ts'
import { fitting } from './text/wrap.ts'
import { formatBytes, formatCount, plural, type Unit } from './units.ts'

/** The two files of a comparison, as the user named them. */
export interface DiffPaths {
  readonly old: string
  readonly new: string
}

/** If fewer characters of a package's name fit, we leave out its old version. */
const MIN_NAME = 8

/** The name of a row of a diff, in a width: "systemd 260.1 → 260.2". Not yet escaped for Markdown. */
export function rowName(row: DiffRow, unit: Unit, width: number = Number.POSITIVE_INFINITY): string {
  const { class: what, kind, name, hash, otherNames, before, after, oldVersions, newVersions } = row
  if (kind === 'packing') return fitting(packingNames(row), width)
  if (kind === 'region') {
    const rest = name === '/' ? 'rest of the image' : `rest of ${regionName(name)}`
    const region = row.isRest === true ? rest : regionName(name)
    return fitting([`${region}   ${formatBytes(before, unit)} → ${formatBytes(after, unit)}`, region], width)
  }
  if (kind === 'file') return shortenMiddle(namesLabel(name, otherNames), width)
  const versions = (some: readonly string[]): string => some.map(versionText).join(', ')
  const isArrow = oldVersions.length > 0 && newVersions.length > 0 && versions(oldVersions) !== versions(newVersions)
  const arrow = isArrow
    ? `${versions(oldVersions)} → ${versions(newVersions)}`
    : versions(newVersions.length > 0 ? newVersions : oldVersions)
  // The package has other versions, which did not change.
  const isOneSided = kind === 'package' && what === 'changed' && (oldVersions.length === 0 || newVersions.length === 0)
  const only = isOneSided ? (newVersions.length > 0 ? ' new' : ' gone') : ''
  const text = (hash === undefined ? '' : `${hash}…-`) + printable(name) + contentText(row.content)
  const withVersions = (short: string, shown: string): string => `${short}${shown === '' ? '' : ` ${shown}`}${only}`
  const whole = withVersions(text, arrow)
  if (whole.length <= width) return whole
  // Readers look for the new version, so we shorten the name first, then the old version.
  const shorter = isArrow ? `… → ${versions(newVersions)}` : arrow
  for (const shown of [arrow, shorter]) {
    const room = width - withVersions('', shown).length
    if (room >= Math.min(text.length, MIN_NAME)) return withVersions(shortenMiddle(text, room), shown)
  }
  return shortenMiddle(withVersions(shortenMiddle(text, MIN_NAME), shorter), width)
}

/** The names of a packing row, longest first. */
function packingNames({ paths, comparedBy }: DiffRow): readonly string[] {
  const count = plural(paths, 'path')
  const { narHash = 0, content = 0, namesAndSizes = 0 } = comparedBy ?? {}
  const equal =
    namesAndSizes === 0
      ? `same ${[...(narHash > 0 ? ['NAR hash'] : []), ...(content > 0 ? ['content'] : [])].join(' or ')}`
      : namesAndSizes === paths
        ? 'same names and sizes'
        : `${formatCount(namesAndSizes)} by names and sizes`
  return [`[repacking: ${count}, ${equal}]`, `[repacking: ${count}]`]
}

function versionText(version: string): string {
  return version === '' ? '(no version)' : printable(version)
}

function regionName(name: ByteString): string {
  return printable(name.startsWith('/') && name.length > 1 ? name.slice(1) : name)
}

/**
 * The wordings that explain a row, longest first: "through: etc → perl", "contents differ in 3 files",
 * "zstd level 19 → 6". The nearer end of a reference says more, so we leave out the other end first.
 */
export function rowReasons(row: DiffRow): readonly string[] {
  const { kind, contentsDiffer, compression } = row
  if (contentsDiffer !== undefined && kind === 'region') return ['contents differ']
  if (contentsDiffer !== undefined) return [`contents differ in ${plural(contentsDiffer, 'file')}`]
  if (compression !== undefined) return [compressionText(compression)]
  const edge = edgeOf(row)
  return edge === undefined ? [] : [`${edge.word}${edge.from} → ${edge.to}`, `${edge.word}… → ${edge.to}`]
}

/** How many store paths we name for an option. */
const MOST_OF_OPTION = 4

/** The options that take out what came in: "option: documentation.enable (nix-manual 2.31.2, man-db 2.13.1)". */
export function optionTexts({ rows }: Diff): readonly string[] {
  const byOption = new Map<string, DiffRow[]>()
  for (const row of rows) {
    if (row.option === undefined) continue
    const known = byOption.get(optionName(row.option))
    if (known === undefined) byOption.set(optionName(row.option), [row])
    else known.push(row)
  }
  return Array.from(byOption, ([option, some]) => {
    const shown = some.slice(0, MOST_OF_OPTION).map((row) => rowName(row, 'iec'))
    const more = some.length - shown.length
    return `option: ${option} (${shown.join(', ')}${more === 0 ? '' : ` and ${formatCount(more)} more`})`
  })
}

/** The explanation of a row, in a width. */
export function rowReason(row: DiffRow, width: number = Number.POSITIVE_INFINITY): string {
  const reasons = rowReasons(row)
  const edge = edgeOf(row)
  if (reasons.length === 0) return ''
  if (edge === undefined || reasons.some(({ length }) => length <= width)) return fitting(reasons, width)
  const front = `${edge.word}… → `
  return front + shortenMiddle(edge.to, width - front.length)
}

/** The reference that came or went, in words. */
function edgeOf({
  through,
  lost,
}: DiffRow): { readonly word: string; readonly from: string; readonly to: string } | undefined {
  const edge: NamedEdge | undefined = through ?? lost
  if (edge === undefined) return undefined
  const [from, to] = [edge.from, edge.to].map((base) => printable(nameOf(base)))
  return { word: through === undefined ? 'lost: ' : 'through: ', from: from!, to: to! }
}

/** How the compression of a squashfs changed: "zstd level 19 → 6, 1 MiB → 128 KiB blocks". */
function compressionText({ before, after }: CompressionChange): string {
  const parts: string[] = []
  const options = ({ compressorOptions }: Compression): string => printableText(compressorOptions ?? 'default options')
  const [old, now] = [printableText(before.compressor), printableText(after.compressor)]
  if (old !== now) {
    const all = (name: string, { compressorOptions }: Compression): string =>
      compressorOptions === null ? name : `${name} (${printableText(compressorOptions)})`
    parts.push(`${all(old, before)} → ${all(now, after)}`)
  } else if (before.compressorOptions !== after.compressorOptions) {
    const levels = [before, after].map((side) => /^level (\d+)$/.exec(side.compressorOptions ?? '')?.[1])
    parts.push(
      levels.includes(undefined)
        ? `${old}: ${options(before)} → ${options(after)}`
        : `${old} level ${levels[0]} → ${levels[1]}`,
    )
  }
  if (before.blockSize !== after.blockSize) {
    const blocks = `${blockText(before.blockSize)} → ${blockText(after.blockSize)} blocks`
    parts.push(parts.length === 0 ? `${old}, ${blocks}` : blocks)
  }
  return parts.join(', ')
}

/** "1 MiB": block sizes are powers of two. */
function blockText(size: number): string {
  return size >= 2 ** 20 ? `${size / 2 ** 20} MiB` : `${size / 2 ** 10} KiB`
}

/** Which squashfs images have another compression, and which one. */
export function compressionTexts({ compression }: Diff): readonly string[] {
  return compression.map((change) => {
    const { oldPath, path } = change
    const names = [...new Set([oldPath, path])].map(regionName).join(' → ')
    // A squashfs alone has no name but that of its file, which is in the line above.
    return path === '/' ? compressionText(change) : `${names}: ${compressionText(change)}`
  })
}

/** Names for a sum of rows, longest first: "[12 small changes; -n 0 --min 0 shows them]". */
export function sumNames({ reason, rows }: SummedRows): readonly string[] {
  const named = (name: string, option: string): readonly string[] => [`[${name}; ${option} shows them]`, `[${name}]`]
  switch (reason) {
    case 'rebuilt':
      return named(`${plural(rows, 'path')} rebuilt, same version`, '--rebuilt')
    case 'small':
      return named(plural(rows, 'small change'), '-n 0 --min 0')
    case 'more':
      return named(plural(rows, 'more change'), '-n 0')
    case 'other':
      return [`[${plural(rows, 'other row')}]`]
  }
}

/** How many store paths there were and are. */
export function countsText({ counts, old, new: now }: Diff): string {
  const changes = [
    ...(counts.new === 0 ? [] : [`+${formatCount(counts.new)}`]),
    ...(counts.gone === 0 ? [] : [`−${formatCount(counts.gone)}`]),
  ]
  const sums = changes.length === 0 ? '' : ` (${changes.join(', ')})`
  return old.owners === now.owners && changes.length === 0
    ? plural(now.owners, 'store path')
    : `${formatCount(old.owners)} → ${plural(now.owners, 'store path')}${sums}`
}

/** Sentences about the whole diff: what we compared and how, and what changed besides the sizes. */
export function remarks(diff: Diff): readonly string[] {
  const { counts, endings, outside, metadata, identical } = diff
  const { moved } = counts
  const has = moved === 1 ? 'has another hash' : 'have other hashes'
  return [
    ...(moved === 0 ? [] : [`${plural(moved, 'store path')} ${has}, and the same inside as far as compared.`]),
    ...(endings === undefined
      ? []
      : [
          `Names end in "${printable(endings.before || endings.after)}" in the ${endings.before === '' ? 'new' : 'old'} image only, and are compared without it.`,
        ]),
    ...(outside === undefined || outside.changes.length === 0 ? [] : [outsideText(outside, hasOwners(diff))]),
    ...(identical === true ? [] : comparedTexts(diff)),
    ...(metadata === undefined
      ? ['Modes, owners and times were not compared: a saved report is of a version that did not save them.']
      : []),
  ]
}

function hasOwners({ old, new: now }: Diff): boolean {
  return old.owners + now.owners > 0
}

/** "Compared: 28 paths by registered NAR hash; 3 paths by names and sizes, contents not compared". */
function comparedTexts(diff: Diff): readonly string[] {
  const { comparedBy, outside } = diff
  const store = hasOwners(diff)
  const both = (paths: number, files: number, how: string): string[] => {
    const some = [
      ...(paths === 0 ? [] : [plural(paths, 'path')]),
      ...(files === 0 ? [] : [`${plural(files, 'file')}${store ? ' outside store paths' : ''}`]),
    ]
    return some.length === 0 ? [] : [`${some.join(' and ')} ${how}`]
  }
  const unsure = comparedBy.namesAndSizes + (outside?.comparedBy.namesAndSizes ?? 0)
  const parts = [
    ...both(comparedBy.narHash, 0, 'by registered NAR hash'),
    ...both(comparedBy.content, outside?.comparedBy.content ?? 0, 'by content'),
    ...both(
      comparedBy.namesAndSizes,
      outside?.comparedBy.namesAndSizes ?? 0,
      'by names and sizes, contents not compared',
    ),
  ]
  if (outside === undefined) {
    parts.push(`files${store ? ' outside store paths' : ''} by sizes, contents not compared`)
  }
  if (diff.byContent.length > 0) parts.push(`${diff.byContent.map(printable).join('; ')}: by content`)
  if (diff.bySizeAlone.length > 0) parts.push(`${diff.bySizeAlone.map(printable).join('; ')}: by size`)
  if (parts.length === 0) return []
  const hint = unsure > 0 && diff.hasContents ? ' (--content reads them)' : ''
  return [`Compared: ${parts.join('; ')}${hint}.`]
}

/** How many names of entries outside store paths we list. */
const MOST_NAMES = 3

/** "Outside store paths: 2 files with other contents (/a, /b), 1 new, 3 gone". */
function outsideText({ changes }: OutsideDiff, store: boolean): string {
  const some = (test: (change: OutsideChange) => boolean): readonly OutsideChange[] => changes.filter(test)
  const names = (all: readonly OutsideChange[]): string => {
    const shown = all.slice(0, MOST_NAMES).map(({ path }) => printable(path))
    return ` (${[...shown, ...(all.length > MOST_NAMES ? [`${formatCount(all.length - MOST_NAMES)} more`] : [])].join(', ')})`
  }
  const changesOf = (all: readonly OutsideChange[], what: string, noun = ''): string[] =>
    all.length === 0 ? [] : [`${noun === '' ? formatCount(all.length) : plural(all.length, noun)} ${what}${names(all)}`]
  const parts = [
    ...changesOf(
      some(({ what }) => what === 'content'),
      'with other contents of the same size',
      'file',
    ),
    ...changesOf(
      some(({ what }) => what === 'type'),
      'of another type',
    ),
    ...changesOf(
      some(({ what }) => what === 'target'),
      'leading elsewhere',
    ),
    ...changesOf(
      some(({ what }) => what === 'size'),
      'of another size',
    ),
    ...changesOf(
      some(({ class: kind }) => kind === 'new'),
      'new',
    ),
    ...changesOf(
      some(({ class: kind }) => kind === 'gone'),
      'gone',
    ),
  ]
  return `${store ? 'Outside store paths' : 'Entries'}: ${parts.join(', ')}.`
}

/** The text for a diff without rows. */
export function nothingText(diff: Diff): string {
  const { identical, comparedBy, outside, metadata } = diff
  if (identical === true) return 'Nothing changed.'
  const isRead = comparedBy.namesAndSizes + (outside?.comparedBy.namesAndSizes ?? 1) === 0 && metadata !== undefined
  const known = isRead
    ? 'No content of a file and no metadata changed'
    : `Nothing changed, as far as names, sizes${metadata === undefined ? ' and links' : ', links and metadata'} tell`
  return identical === false ? `${known}; but the images are not the same.` : `${known}.`
}
