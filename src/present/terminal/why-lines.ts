import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import { offeredCuts, type SmallestCut, type Why, why } from '../../analyses/why.ts'
import { UNREACHABLE } from '../../graph/dominator-tree.ts'
import type { Reference } from '../../graph/reference-graph.ts'
import { shortestSteps } from '../../graph/shortest-steps.ts'
import type { Nouns } from '../../views/nouns.ts'
import { rootReason } from '../../views/references.ts'
import { countOfCut, kindOfCut, withoutCut } from '../../views/why-words.ts'
import { wrapWords } from '../text/wrap.ts'
import { formatBytes, plural, type Unit } from '../units.ts'
import { textOfWords } from './plain-text.ts'

/** A line that says why an owner is there, or how to be rid of it. Texts are safe to print. */
export interface WhyLine {
  readonly text: string
  /** The references that it names. */
  readonly references: readonly Reference[]
  /** The owner that it names. */
  readonly node?: number
  /** Whether it heads the lines below. */
  readonly isHeading?: true
}

/** Names far down a chain are not indented more, in columns. */
const MAX_INDENT = 24

/** Sentences fit into so many columns. */
const MAX_WIDTH = 56

/**
 * Why an owner is in the image: the shortest chain of references from a root, and the references to remove.
 * @param sizes of what is left of the image, if the user has removed something
 * @param isGone whether what the user removed took it away
 * @param labels what each owner is called, by its number
 */
export function whyLines(
  sizes: GraphSizes,
  node: number,
  isGone: boolean,
  labels: readonly string[],
  unit: Unit,
  nouns: Nouns,
): readonly WhyLine[] {
  if (sizes.tree.parent[node] === UNREACHABLE) {
    const text = isGone ? 'It goes: nothing that stays refers to it.' : 'Nothing that is needed refers to it.'
    return [{ text, references: [] }]
  }
  const answer = why(sizes, node, { from: undefined, all: false })
  const { referrers } = answer
  return [
    heading(
      referrers.length > 1
        ? `the shortest way to it; it has ${plural(referrers.length, 'direct referrer')}`
        : 'the way to it',
    ),
    ...chainLines(sizes, node, labels, unit),
    ...cutLines(answer, labels, unit, nouns),
  ]
}

function heading(text: string): WhyLine {
  return { text, references: [], isHeading: true }
}

function chainLines(sizes: GraphSizes, node: number, labels: readonly string[], unit: Unit): readonly WhyLine[] {
  // References by chance are no reason while there is another.
  const { certain } = sizes
  const { graph, roots } = certain !== undefined && certain.tree.parent[node] !== UNREACHABLE ? certain : sizes
  const { before } = shortestSteps(
    graph.references,
    roots.map((root) => root.node),
  )
  const chain: number[] = []
  for (let at = node; at >= 0; at = before[at]!) chain.push(at)
  chain.reverse()
  const root = roots.find((some) => some.node === chain[0])
  return [
    ...(root === undefined ? [] : [heading(`from a root: ${textOfWords(rootReason(root), unit)}`)]),
    ...chain.map((at, depth): WhyLine => {
      if (depth === 0) return { text: labels[at]!, references: [], node: at }
      const text = `${' '.repeat(Math.min(3 * (depth - 1), MAX_INDENT))}└─ ${labels[at]!}`
      return { text, references: [{ from: chain[depth - 1]!, to: at }], node: at }
    }),
  ]
}

function cutLines(answer: Why, labels: readonly string[], unit: Unit, nouns: Nouns): readonly WhyLine[] {
  const { root, referrers } = answer
  if (root === undefined && referrers.length === 0) return []
  const cuts = offeredCuts(answer)
  if (root !== undefined || cuts.length === 0) {
    return [heading(''), ...wrapWords(textOfWords(withoutCut(answer, nouns), unit), MAX_WIDTH).map(heading)]
  }
  return cuts.flatMap((cut) => oneCut(cut, labels, unit, nouns))
}

function oneCut(cut: SmallestCut, labels: readonly string[], unit: Unit, nouns: Nouns): readonly WhyLine[] {
  const { references, bytes, frees } = cut
  return [
    heading(''),
    {
      text: `≈ ${formatBytes(bytes, unit)} and ${plural(frees.length, ...nouns.brief)} go without ${textOfWords(countOfCut(cut), unit)}`,
      references,
    },
    heading(kindOfCut(cut, nouns)),
    ...references.map((reference): WhyLine => {
      const { from, to } = reference
      return { text: `  ${labels[from]!} → ${labels[to]!}`, references: [reference], node: from }
    }),
  ]
}
