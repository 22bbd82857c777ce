import type { ByteString } from '../../../parsers/bytes/byte-string.ts'
import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import type { SmallestCut, Why } from '../../analyses/why.ts'
import type { Cut } from '../../graph/cuts.ts'
import type { Reference } from '../../graph/reference-graph.ts'
import type { Evidence } from '../../inventory/evidence.ts'
import type { Mention } from '../../owners/mentions.ts'
import { referenceKey } from '../../owners/named-reference.ts'
import { fullNameOf, isPackage } from '../../owners/names.ts'
import type { ContentNames } from '../../owners/owner.ts'
import type { References } from '../../owners/references.ts'
import { printable } from '../text/printable.ts'
import { contentJson } from './content-name.ts'
import { imageJson, type NamedImage } from './image.ts'
import { jsonText } from './json-text.ts'
import { named } from './named.ts'
import { ownerJson, ownersJson } from './owner.ts'
import { rootJson } from './roots.ts'

/** Facts that the JSON has besides the answers. */
export interface WhyJsonOptions {
  readonly image: NamedImage
  readonly sizes: GraphSizes
  readonly closure: Float64Array
  readonly references: References
  readonly contentNames?: ContentNames
  readonly evidence: Evidence
  /** Mentions of a path that are no references by the registration; null where only one of the two is known. */
  readonly unregistered: ReadonlyMap<number, readonly number[]> | null
  /** Where compressed content mentions each path, if we looked. */
  readonly hidden: readonly Mention[] | undefined
}

/** Why store paths or packages are in the image, as JSON. */
export function whyJson(answers: readonly Why[], options: WhyJsonOptions): string {
  const { image, sizes, closure, references, evidence, unregistered, hidden } = options
  const rowJson = (path: number): object => ownerJson(references.graph.keys[path]!, references.directory)
  const nameOf = (path: number): string => printable(fullNameOf(references, path))
  // As `why` reckons: some module generates a text, and goes with the reference to it.
  const kindOf = (reference: Reference, asked?: number): string =>
    reference.to === asked && sizes.kinds.isGeneratedText(asked) ? 'chosen' : sizes.kinds.of(reference)
  const cutJson = ({ from, to, bytes }: Cut, asked: number): object => ({
    from: nameOf(from),
    to: nameOf(to),
    kind: kindOf({ from, to }, asked),
    frees: bytes,
  })
  const setJson = (cut: SmallestCut | undefined, asked: number): object | null =>
    cut === undefined
      ? null
      : {
          removes: cut.references.map((reference) => ({
            from: nameOf(reference.from),
            to: nameOf(reference.to),
            kind: kindOf(reference, asked),
          })),
          frees: cut.bytes,
          owners: cut.frees.map(nameOf),
          parts: cut.frees.map((path) => ({ ...rowJson(path), frees: cut.parts.get(path)! })),
        }
  const { keys } = sizes.graph
  const placesJson = ({ from, to }: Reference): object[] =>
    (evidence.references.get(referenceKey({ from: keys[from]!, to: keys[to]! }))?.places ?? []).map(
      ({ path, kind, offset }) => ({ ...named('file', path), kind, offset }),
    )
  const hiddenJson = (key: ByteString): object[] =>
    hidden!
      .filter(({ to }) => to === key)
      .map(({ from, path, kind, offset }) => ({
        ...ownerJson(from, references.directory),
        ...named('file', path),
        kind,
        offset,
      }))
  const answer = (why: Why): object => {
    const { path, root, byChance, referring, routes, single, smallest, direct, goesWithIt } = why
    return {
      ...rowJson(path),
      ...contentJson(options.contentNames?.get(keys[path]!)),
      own: sizes.own[path],
      unpacked: sizes.unpacked[path],
      retained: why.retained,
      closure: closure[path],
      root: root?.reason ?? null,
      referring: referring.map((cut) => ({
        ...rowJson(cut.from),
        kind: kindOf(cut, path),
        frees: cut.bytes,
        places: placesJson(cut),
      })),
      ...(references.byChance === undefined ? {} : { referringByChance: byChance.map(nameOf) }),
      routes: routes.map(({ path: at, from, levels, follows }) => ({
        ...rowJson(at),
        depth: from === undefined ? 0 : levels.length + 1,
        from: from === undefined ? null : nameOf(from),
        places: from === undefined ? [] : placesJson({ from, to: at }),
        repeated: follows !== 'here',
      })),
      singleCuts: single.map((cut) => cutJson(cut, path)),
      smallestCut: setJson(smallest, path),
      directCut: setJson(direct, path),
      goesWithIt: goesWithIt.map((other) => ({ ...rowJson(other), own: sizes.own[other] })),
      unregisteredMentions:
        unregistered?.get(path)?.map((from) => ({ ...rowJson(from), places: placesJson({ from, to: path }) })) ?? null,
      ...(hidden === undefined ? {} : { hiddenMentions: hiddenJson(keys[path]!) }),
    }
  }
  return `${jsonText({
    schema: 'isoscope/why@2',
    image: imageJson(image),
    referencesFrom: references.origin,
    roots: sizes.roots.map((root) => rootJson(root, keys[root.node]!, references.directory)),
    ...ownersJson(answers, ({ path }) => keys[path]!, keys.some(isPackage), answer),
  })}\n`
}
