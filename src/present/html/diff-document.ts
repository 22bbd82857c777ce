import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { Diff, DiffRow } from '../../analyses/diff.ts'
import type { MatchClass } from '../../analyses/match-owners.ts'
import { namedCompression } from '../../views/compression.ts'
import { remarks } from '../../views/diff-remarks.ts'
import { rowName, rowReason } from '../../views/diff-rows.ts'
import { nounsOf } from '../../views/nouns.ts'
import { plainWords } from '../text/cell.ts'
import { fileName } from './image-document.ts'
import type { DiffChange, PageChange, PageDiff, PageDiffRow } from './page-data.ts'

/** What became of an owner, in words. */
const WORDS: Readonly<Record<MatchClass, string>> = {
  same: 'same content',
  moved: 'same content',
  rebuilt: 'rebuilt, same version',
  changed: 'changed',
  new: 'new',
  gone: 'gone',
}

/** A side of a comparison. */
interface DiffSide {
  readonly document: number
  /** The keys of the owners in its document, by number. */
  readonly keys: readonly ByteString[]
}

/**
 * A comparison as a document of a page.
 * @param old the old image, and the number of its document in the page
 * @param now the same of the new one
 */
export function diffDocument(diff: Diff, old: DiffSide, now: DiffSide): PageDiff {
  const [before, after] = [numbersOf(old.keys), numbersOf(now.keys)]
  const numberIn = (numbers: ReadonlyMap<ByteString, number>, key: ByteString | undefined): number =>
    key === undefined ? -1 : (numbers.get(key) ?? -1)
  return {
    kind: 'diff',
    name: `${fileName(diff.old.name)} → ${fileName(diff.new.name)}`,
    old: { size: diff.old.size, document: old.document },
    new: { size: diff.new.size, document: now.document },
    rows: diff.rows.map(
      (row): PageDiffRow => ({
        ...pageChange(row, diff.kind),
        owners: [numberIn(before, row.oldPath), numberIn(after, row.newPath)],
      }),
    ),
    warnings: [...diff.compression.map(namedCompression), ...remarks(diff)].map(plainWords),
  }
}

/** A row of a diff as a page has it. @param kind of the owners */
export function pageChange(row: DiffRow, kind: string): PageChange {
  return {
    name: plainWords([rowName(row, nounsOf(kind).brief)]),
    change: changeOf(row),
    word: row.kind === 'packing' ? 'packed otherwise' : WORDS[row.class],
    before: row.before,
    after: row.after,
    reason: plainWords([rowReason(row)]),
  }
}

function numbersOf(keys: readonly ByteString[]): ReadonlyMap<ByteString, number> {
  return new Map(keys.map((key, number) => [key, number]))
}

function changeOf({ class: what, delta }: DiffRow): DiffChange {
  if (what === 'new' || what === 'gone') return what
  return delta > 0 ? 'grew' : delta < 0 ? 'shrank' : 'same size'
}
