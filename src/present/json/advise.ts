import type { Freed } from '../../analyses/advise/freed.ts'
import type { Hint } from '../../analyses/advise/hint.ts'
import { HINT_TABLE, surenessOf } from '../../analyses/advise/hint-table.ts'
import { optionLine, settingLine } from '../../analyses/advise/module-settings.ts'
import type { Advice, AdviceItem, UncountedItem } from '../../analyses/advise.ts'
import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import type { Reference } from '../../graph/reference-graph.ts'
import type { Evidence } from '../../inventory/evidence.ts'
import type { ImageSummary } from '../../inventory/image-summary.ts'
import { referenceKey } from '../../owners/named-reference.ts'
import type { References } from '../../owners/references.ts'
import { printable } from '../text/printable.ts'
import { imageJson } from './image.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'
import { ownerJson } from './owner.ts'

export interface AdviseJsonOptions {
  readonly image: ImageSummary
  readonly references: References
  readonly sizes: GraphSizes
  /** What a store path is called, by its number: as `without` takes it. */
  readonly names: readonly string[]
  readonly evidence: Evidence
}

/** What to change in the configuration of an image, as JSON; sizes in bytes. */
export function adviseJson(advice: Advice, options: AdviseJsonOptions): string {
  const { image, references, sizes, names, evidence } = options
  const { release, kernel, items, uncounted, untested, followed, total, own } = advice
  const edge = ({ from, to }: Reference): object => ({ from: names[from]!, to: names[to]! })
  const placed = (reference: Reference): object => {
    const [from, to] = [sizes.graph.keys[reference.from]!, sizes.graph.keys[reference.to]!]
    const [place] = evidence.references.get(referenceKey({ from, to }))?.places ?? []
    return { ...edge(reference), ...(place === undefined ? {} : { ...named('file', place.path), kind: place.kind }) }
  }
  const gone = ({ nodes, parts }: Freed): object => ({
    gone: nodes
      .map((node) => ({ ...ownerJson(references.graph.keys[node]!, references.directory), own: own[node]! }))
      .sort((a, b) => b.own - a.own),
    parts: parts.map(({ name, bytes }) => ({ ...named('path', name), bytes })),
  })
  const itemJson = (item: AdviceItem): object => ({
    ...hintJson(item),
    saves: item.alone.bytes,
    cumulative: item.cumulative,
    withOthers: item.withOthers === undefined ? null : { ids: item.withOthers.ids, saves: item.withOthers.bytes },
    evidence: {
      chain: item.chain.map((node) => names[node]!),
      removes: item.removed.references.map(placed),
      paths: item.files.map(printable),
    },
    removes: item.removed.references.map(edge),
    ...gone(item.alone),
  })
  return `${jsonText({
    schema: 'isoscope/advise@2',
    image: imageJson(image),
    release: release ?? null,
    kernel: kernel ?? null,
    referencesFrom: references.origin,
    table: { made: HINT_TABLE.made, hintCount: HINT_TABLE.entries.length },
    advice: items.map(itemJson),
    uncounted: uncounted.map((item) => ({ ...hintJson(item), why: item.hint.uncounted ?? null })),
    untested: untested.map(({ hint, reason }) => ({ id: hint.id, title: hint.title, why: reason })),
    together: {
      ids: [...followed.ids],
      saves: total.bytes,
      ...gone(total),
      options: Array.from(followed.settings.values(), settingLine),
    },
  })}\n`
}

function hintJson({ hint, isFollowed, reason, doubt }: AdviceItem | UncountedItem): object {
  const { id, title, options, edit, loses, adds, experimental, requires, needs, includes, releases, size, sources } =
    hint
  return {
    id,
    title,
    followed: isFollowed,
    notFollowed: reason ?? null,
    options: options.map(optionLine),
    edit: edit ?? null,
    loses,
    adds: adds ?? null,
    experimental,
    certainty: surenessOf(hint),
    built: isBuilt(hint),
    uncertain: doubt ?? null,
    requires: [...requires, ...needs],
    includes,
    releases,
    sizeInSource: size,
    traps: hint.traps.map((key) => HINT_TABLE.traps[key]!),
    sources,
  }
}

/** Whether anybody that we know of has built it. */
function isBuilt(hint: Hint): boolean {
  const sureness = surenessOf(hint)
  return sureness === 'built' || sureness === 'reported'
}
