import type { Diff } from '../analyses/diff.ts'
import type { OutsideChange, OutsideDiff } from '../analyses/outside-diff.ts'
import { count, joined, name, plural, type Words } from './cell.ts'
import { nounsOf } from './nouns.ts'

/** Sentences about the whole diff: what we compared and how, and what changed besides the sizes. */
export function remarks(diff: Diff): readonly Words[] {
  const { counts, endings, outside, metadata, identical } = diff
  const { moved } = counts
  const has = moved === 1 ? ' has another hash' : ' have other hashes'
  return [
    ...(moved === 0
      ? []
      : [[...plural(moved, ...nounsOf(diff.kind).owner), has, ', and the same inside as far as compared.']]),
    ...(endings === undefined
      ? []
      : [
          [
            'Names end in "',
            name(endings.before || endings.after),
            `" in the ${endings.before === '' ? 'new' : 'old'} image only, and are compared without it.`,
          ],
        ]),
    ...(outside === undefined || outside.changes.length === 0 ? [] : [outsideWords(outside, outsideOwners(diff))]),
    ...(identical === true ? [] : comparedWords(diff)),
    ...(metadata === undefined
      ? [['Modes, owners and times were not compared: a saved report is of a version that did not save them.']]
      : []),
  ]
}

/** "outside store paths"; '' for images without owners. */
function outsideOwners({ old, new: now, kind }: Diff): string {
  return old.owners + now.owners === 0 ? '' : `outside ${nounsOf(kind).owner[1]}`
}

/** "Compared: 28 paths by registered NAR hash; 3 paths by names and sizes, contents not compared". */
function comparedWords(diff: Diff): readonly Words[] {
  const { comparedBy, outside } = diff
  const outsideThem = outsideOwners(diff)
  const where = outsideThem === '' ? '' : ` ${outsideThem}`
  const both = (paths: number, files: number, how: string): Words[] => {
    const some: Words[] = [
      ...(paths === 0 ? [] : [plural(paths, ...nounsOf(diff.kind).brief)]),
      ...(files === 0 ? [] : [[...plural(files, 'file'), where]]),
    ]
    return some.length === 0 ? [] : [[...joined(some, ' and '), ` ${how}`]]
  }
  const byNames = outside?.comparedBy.namesAndSizes ?? 0
  const parts: Words[] = [
    ...both(comparedBy.narHash, 0, 'by registered NAR hash'),
    ...both(comparedBy.content, outside?.comparedBy.content ?? 0, 'by content'),
    ...both(comparedBy.namesAndSizes, byNames, 'by names and sizes, contents not compared'),
  ]
  if (outside === undefined) {
    parts.push([`files${where} by sizes, contents not compared`])
  }
  const named = (some: Diff['byContent'], how: string): Words => [
    ...joined(
      some.map((its): Words => [name(its)]),
      '; ',
    ),
    `: ${how}`,
  ]
  if (diff.byContent.length > 0) parts.push(named(diff.byContent, 'by content'))
  if (diff.bySizeAlone.length > 0) parts.push(named(diff.bySizeAlone, 'by size'))
  if (parts.length === 0) return []
  const hint = comparedBy.namesAndSizes + byNames > 0 && diff.hasContents ? ' (--content reads them)' : ''
  return [['Compared: ', ...joined(parts, '; '), `${hint}.`]]
}

/** How many names of entries outside store paths we list. */
const MOST_NAMES = 3

/** "Outside store paths: 2 files with other contents (/a, /b), 1 new, 3 gone". */
function outsideWords({ changes }: OutsideDiff, outsideThem: string): Words {
  const changesOf = (test: (change: OutsideChange) => boolean, what: string, noun?: string): Words[] => {
    const all = changes.filter(test)
    if (all.length === 0) return []
    const shown = all.slice(0, MOST_NAMES).map(({ path }): Words => [name(path)])
    const more: Words[] = all.length > MOST_NAMES ? [[count(all.length - MOST_NAMES), ' more']] : []
    const many = noun === undefined ? [count(all.length)] : plural(all.length, noun)
    return [[...many, ` ${what} (`, ...joined([...shown, ...more], ', '), ')']]
  }
  const parts = [
    ...changesOf(({ what }) => what === 'content', 'with other contents of the same size', 'file'),
    ...changesOf(({ what }) => what === 'type', 'of another type'),
    ...changesOf(({ what }) => what === 'target', 'leading elsewhere'),
    ...changesOf(({ what }) => what === 'size', 'of another size'),
    ...changesOf((change) => change.class === 'new', 'new'),
    ...changesOf((change) => change.class === 'gone', 'gone'),
  ]
  return [outsideThem === '' ? 'Entries: ' : `O${outsideThem.slice(1)}: `, ...joined(parts, ', '), '.']
}

/** The sentence for a diff without rows. */
export function nothingText({ identical, comparedBy, outside, metadata, complete }: Diff): string {
  if (identical === true) return 'Nothing changed.'
  const isRead = comparedBy.namesAndSizes + (outside?.comparedBy.namesAndSizes ?? 1) === 0 && metadata !== undefined
  const known = !complete
    ? 'Nothing changed in what we could read'
    : isRead
      ? 'No content of a file and no metadata changed'
      : `Nothing changed, as far as names, sizes${metadata === undefined ? ' and links' : ', links and metadata'} tell`
  return identical === false ? `${known}; but the images are not the same.` : `${known}.`
}

/** How many store paths there were and are: "47 → 33 store paths (−14)". */
export function countsWords({ counts, old, new: now, kind }: Diff): Words {
  const noun = nounsOf(kind).owner
  const changes: Words[] = [
    ...(counts.new === 0 ? [] : [['+', count(counts.new)]]),
    ...(counts.gone === 0 ? [] : [['−', count(counts.gone)]]),
  ]
  const sums: Words = changes.length === 0 ? [] : [' (', ...joined(changes, ', '), ')']
  return old.owners === now.owners && changes.length === 0
    ? plural(now.owners, ...noun)
    : [count(old.owners), ' → ', ...plural(now.owners, ...noun), ...sums]
}
