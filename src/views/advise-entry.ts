import { HINT_TABLE } from '../analyses/advise/hint-table.ts'
import { optionLine } from '../analyses/advise/module-settings.ts'
import type { Advice, AdviceItem } from '../analyses/advise.ts'
import type { ReferenceGraph } from '../graph/reference-graph.ts'
import type { Evidence } from '../inventory/evidence.ts'
import { referenceKey } from '../owners/named-reference.ts'
import { fileCell, goneWords, idsText, listed, noteWords, surenessText } from './advise-words.ts'
import { about, code, joined, type NameCell, name, type Words } from './cell.ts'
import type { Fact } from './section.ts'

export interface EntryContext {
  readonly graph: ReferenceGraph
  readonly nameOf: (node: number) => NameCell
  /** Where the references stand that are cut. */
  readonly evidence: Evidence
  /** Whether to tell what looks right and does not help, and all sources. */
  readonly verbose: boolean
}

/** How many store paths we name of those that go, and references of those that are cut. */
const MOST_NAMED = 4

/** What an entry of the table says, and what it does to this image. */
export function entryFacts(item: AdviceItem, advice: Advice, context: EntryContext): readonly Fact[] {
  const { hint, alone, removed, files, doubt } = item
  const { nameOf, verbose } = context
  const note = noteWords(item)
  const cuts = removed.references.map(({ from, to }): Words => [nameOf(from), ' → ', nameOf(to)])
  const needs = [...hint.requires, ...(hint.needs.length > 0 ? [idsText(hint.needs)] : [])]
  return [
    ...hint.options.flatMap((option) => fact('set', [code(optionLine(option))])),
    ...fact('first', told(hint.edit)),
    ...fact('frees', [about(alone.bytes), ...(note.length === 0 ? [] : ['; ', ...note])]),
    ...fact('goes', goneWords(alone, advice, nameOf, MOST_NAMED)),
    ...fact('found', foundWords(item, context)),
    ...fact(
      'files',
      joined(
        files.map((path) => [fileCell(path)]),
        ', ',
      ),
    ),
    ...fact('cut', listed(cuts, MOST_NAMED)),
    ...fact('loses', told(hint.loses)),
    ...fact('adds', told(hint.adds)),
    ...fact('needs', told(needs.join('; '))),
    ...fact('known', [surenessText(hint)]),
    ...fact('doubt', told(doubt)),
    ...(verbose
      ? hint.traps.flatMap((key) => {
          const { looks, really } = HINT_TABLE.traps[key]!
          return fact('trap', [`${looks}: ${really}`])
        })
      : []),
    ...hint.sources.slice(0, verbose ? hint.sources.length : 1).flatMap((source) => fact('source', [source])),
  ]
}

/** A fact; none if there is nothing to tell. */
function fact(label: string, value: Words): readonly Fact[] {
  return value.length === 0 ? [] : [{ label, value }]
}

function told(sentence: string | undefined): Words {
  return sentence === undefined || sentence === '' ? [] : [sentence]
}

/** A shortest way from a root to what goes, and the file that holds its last reference. */
function foundWords({ chain }: AdviceItem, { graph, nameOf, evidence }: EntryContext): Words {
  const [from, to] = chain.slice(-2)
  const key =
    from === undefined || to === undefined ? undefined : referenceKey({ from: graph.keys[from]!, to: graph.keys[to]! })
  const place = key === undefined ? undefined : evidence.references.get(key)?.places[0]
  const file = place === undefined ? [] : [' (in ', place.path === '' ? 'its own file' : name(place.path), ')']
  return [
    ...joined(
      chain.map((node) => [nameOf(node)]),
      ' → ',
    ),
    ...file,
  ]
}
