import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import { type ReferenceGraph, referenceGraph } from '../graph/reference-graph.ts'
import type { OpenImage } from '../images/open-image.ts'
import type { Owner, OwnerModel, TreeOwners } from './owner.ts'
import { BUILT_IN, type Composition, type ReferenceKinds } from './reference-kind.ts'
import type { References } from './references.ts'

/**
 * Several models as one, for an image with owners of several kinds: a Nix store on Debian. An entry belongs to the first
 * model that has an owner for it. References lead from one kind to the other only where a model declares them.
 * @param models in the order in which we look for them
 */
export function combinedModel(models: readonly [OwnerModel, ...OwnerModel[]]): OwnerModel {
  const [first] = models
  const modelOf = (key: ByteString): OwnerModel => models.find((model) => model.isKey(key)) ?? first
  return {
    kind: models.map(({ kind }) => kind).join('+'),
    noun: models.every(({ noun }) => noun[0] === first.noun[0])
      ? first.noun
      : ['store path or package', 'store paths and packages'],
    directory: models.find(({ directory }) => directory !== '')?.directory ?? '',
    isKey: (text) => models.some((model) => model.isKey(text)),
    nameOf: (key) => modelOf(key).nameOf(key),
    longNameOf: (key) => modelOf(key).longNameOf?.(key) ?? modelOf(key).nameOf(key),
    split: (key) => modelOf(key).split(key),
    packageOf: (key) => modelOf(key).packageOf(key),
    find: (open) => combinedOwners(open, models),
    entriesOf: (owner) => modelOf(owner.key).entriesOf(owner),
    declared: (images, keys) => {
      const found = models.flatMap((model) => model.declared(images, keysOf(keys, model)) ?? [])
      return found.length < models.length ? undefined : unitedReferences(found)
    },
    declaredBeside: (images, keys) => {
      const found = models
        .filter(({ hashOf }) => hashOf === undefined)
        .flatMap((model) => model.declared(images, keysOf(keys, model)) ?? [])
      return found.length === 0 ? undefined : unitedReferences(found)
    },
    withoutEntries: (images, keys) =>
      new Set(models.flatMap((model) => [...(model.withoutEntries?.(images, keysOf(keys, model)) ?? [])])),
    archiveOf: (owner) => modelOf(owner.key).archiveOf?.(owner) ?? [],
    startedBy: (configuration) => new Set(models.flatMap((model) => [...model.startedBy(configuration)])),
    rootReason: (key) => modelOf(key).rootReason(key),
    compositionOf: (owners) => combinedComposition(owners, models),
    kindsOf: (graph, begins, composition) => combinedKinds(graph, begins, composition, models),
    roleByName: (key) => modelOf(key).roleByName?.(key),
    hashOf: (key) => modelOf(key).hashOf?.(key) ?? '',
    isNameless: (key) => modelOf(key).isNameless?.(key) ?? false,
    contentName: (owner) => modelOf(owner.key).contentName?.(owner),
  }
}

function keysOf(keys: ReadonlySet<ByteString>, model: OwnerModel): ReadonlySet<ByteString> {
  return new Set([...keys].filter((key) => model.isKey(key)))
}

function combinedOwners(open: OpenImage, models: readonly OwnerModel[]): TreeOwners {
  const { count } = open.image.tree
  const ownerOf = new Uint32Array(count)
  const isOwner = new Uint8Array(count)
  const found = models.map((model) => model.find(open))
  const modelAt = new Map<number, TreeOwners>()
  /** The first entry that an owner still has, by its first entry in its own model. */
  const firsts = found.map(() => new Map<number, number>())
  for (let index = 0; index < count; index += 1) {
    const at = found.findIndex((owners) => owners.isOwner[owners.ownerOf[index]!] === 1)
    const owners = found[at]
    if (owners === undefined) {
      ownerOf[index] = index
      continue
    }
    const own = owners.ownerOf[index]!
    const first = firsts[at]!.get(own) ?? index
    ownerOf[index] = first
    if (first !== index) continue
    firsts[at]!.set(own, index)
    isOwner[index] = 1
    modelAt.set(index, owners)
  }
  const keyAt = (index: number): ByteString => {
    const owners = modelAt.get(index)!
    return owners.keyOf(open.image.tree.entry(owners.ownerOf[index]!))
  }
  return {
    ownerOf,
    isOwner,
    keyOf: ({ index }) => keyAt(index),
    problems: found.flatMap(({ problems }) => problems),
  }
}

/** The references of several models as one graph. */
export function unitedReferences(all: readonly References[]): References {
  const keys = [...new Set(all.flatMap(({ graph }) => graph.keys))].sort()
  const numbers = new Map(keys.map((key, number) => [key, number]))
  const edges: number[] = []
  const incomplete: number[] = []
  for (const { graph, incomplete: some } of all) {
    const numberOf = graph.keys.map((key) => numbers.get(key)!)
    const { start, list } = graph.references
    for (let from = 0; from < graph.keys.length; from += 1) {
      for (let index = start[from]!; index < start[from + 1]!; index += 1) {
        edges.push(numberOf[from]!, numberOf[list[index]!]!)
      }
    }
    incomplete.push(...some.map((node) => numberOf[node]!))
  }
  return {
    graph: referenceGraph(keys, edges),
    origin: all[0]!.origin,
    directory: all.find(({ directory }) => directory !== '')?.directory ?? '',
    contentHashes: new Map(all.flatMap(({ contentHashes }) => [...contentHashes])),
    contentSizes: new Map(all.flatMap(({ contentSizes }) => [...(contentSizes ?? [])])),
    sources: new Map(all.flatMap(({ sources }) => [...(sources ?? [])])),
    warnings: all.flatMap(({ warnings }) => warnings),
    incomplete,
  }
}

function combinedComposition(owners: ReadonlyMap<ByteString, Owner>, models: readonly OwnerModel[]): Composition {
  const all = models.flatMap((model) => {
    // Nix and Guix have keys in common, which belong to the first of them.
    const own = new Map([...owners].filter(([key]) => models.find((one) => one.isKey(key)) === model))
    return model.compositionOf === undefined ? [] : [model.compositionOf(own)]
  })
  return {
    roles: new Map(all.flatMap(({ roles }) => [...roles])),
    mentions: all.flatMap(({ mentions }) => mentions),
    weak: all.flatMap(({ weak = [] }) => weak),
  }
}

function combinedKinds(
  graph: ReferenceGraph,
  begins: readonly number[],
  composition: Composition | undefined,
  models: readonly OwnerModel[],
): ReferenceKinds {
  const kinds = models.map((model) => ({ model, kinds: model.kindsOf?.(graph, begins, composition) ?? BUILT_IN }))
  const of = (node: number): ReferenceKinds =>
    kinds.find(({ model }) => model.isKey(graph.keys[node]!))?.kinds ?? BUILT_IN
  return {
    of: (reference) => of(reference.from).of(reference),
    isGeneratedText: (node) => of(node).isGeneratedText(node),
  }
}
