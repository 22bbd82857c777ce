import { type GraphSizes, graphSizes } from '../analyses/graph-sizes.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Survey } from '../inventory/survey.ts'
import { type Inventory, type InventoryNeeds, inventoryOf } from '../inventory/take-inventory.ts'
import { kindsOf } from '../owners/kinds-of.ts'
import { fullNameOf, nounOf } from '../owners/names.ts'
import type { References } from '../owners/references.ts'
import { findRoots, type Root } from '../owners/roots.ts'
import { ownerLabels } from '../present/text/owner-labels.ts'
import { printable } from '../present/text/printable.ts'
import type { NameCell } from '../views/cell.ts'
import { ownerNames } from '../views/owner-names.ts'
import type { ValuesOf } from './definition.ts'
import { UsageError } from './exit-codes.ts'
import { allPaths, guessText, type NamedPaths, noMatch, onePath } from './one-path.ts'
import { openSurvey, type SurveyArguments } from './open-survey.ts'
import type { optionalReferences, referenceOptions, rootOption } from './options.ts'
import { printProblems } from './print-problems.ts'
import { withOpen } from './with-open.ts'

/** The options of every command about references. */
export interface StoreArguments
  extends Omit<SurveyArguments, 'references'>,
    Pick<ValuesOf<typeof rootOption & typeof referenceOptions>, 'root' | 'references'> {}

/** An image with the references between its store paths. */
export interface OpenStore {
  readonly name: string
  readonly references: References
  readonly survey: Survey
}

/** What each store path of an image is called, by its number. */
export function labelsOf(
  { survey, references }: OpenStore,
  { fullPaths }: { readonly fullPaths?: boolean | undefined },
): readonly string[] {
  const { keys } = references.graph
  if (fullPaths === true) return keys.map((_, path) => printable(fullNameOf(references, path)))
  return keys.map(ownerLabels(keys, survey.contentNames))
}

/** Names the store paths of an image, by their numbers. */
export function namesIn({ survey, references: { graph, directory } }: OpenStore): (node: number) => NameCell {
  const nameOf = ownerNames(graph.keys, directory, survey.contentNames)
  return (node) => nameOf(graph.keys[node]!)
}

/** Whether we could read all of an image that may hold a reference. */
export function isWholeStore({ survey, references }: OpenStore): boolean {
  return survey.attribution.complete && references.incomplete.length === 0
}

/** Opens an image for a question about its references. It caches what we find, even if the question fails. */
export async function withStore<Answer>(
  options: StoreArguments,
  answer: (store: OpenStore) => Promise<Answer>,
): Promise<Answer> {
  return withOpen(openSurvey(options), async ({ survey }) => answer(await storeIn(survey, options)))
}

/**
 * The references of an image that is open.
 * @throws {UsageError} if there are none
 */
export async function storeIn(survey: Survey, options: StoreArguments): Promise<OpenStore> {
  const name = options.image
  if (survey.keys.length === 0) {
    printProblems(survey.attribution.warnings, options.verbose)
    throw new UsageError(`${name}: there are no store paths and no packages in it`)
  }
  if (survey.parts.saved === null) throw new UsageError(`${name}: was saved without references; save it with them`)
  const references = await survey.references(options.references)
  if (references === undefined) {
    if (options.references === 'registration') throw noRegistration(name)
    throw new UsageError(`${name}: it declares no references, and contents have none to scan for`)
  }
  return { name, survey, references }
}

/** The options of every command that has an answer without references too. */
export type InventoryArguments = ValuesOf<typeof rootOption & typeof optionalReferences>

/**
 * The inventory of an image, with the root that the user named.
 * @throws {UsageError} if that root does not exist, or if the user asked for a registration and there is none
 */
export async function inventoryWith(
  survey: Survey,
  options: InventoryArguments,
  needs: InventoryNeeds = {},
): Promise<Inventory> {
  const inventory = await inventoryOf(survey, options.references, needs)
  const { image, references } = inventory
  if (references === undefined) {
    if (options.references === 'registration' && survey.keys.length > 0) throw noRegistration(image.name)
    return inventory
  }
  if (options.root === undefined) return inventory
  return { ...inventory, roots: [rootNamed({ name: image.name, survey, references }, options.root)] }
}

/** The error if the user asked for a registration and there is none. */
function noRegistration(name: string): UsageError {
  return new UsageError(`${name}: there is no nix-path-registration in it`)
}

/**
 * The one store path that matches a pattern.
 * @returns undefined if none matches
 * @throws {UsageError} with a list of the matches if there are several
 */
export function pathNamed(store: OpenStore, pattern: string): number | undefined {
  return onePath(pathsIn(store), pattern)
}

/**
 * The store paths that a pattern means: all that a glob matches, largest first, or the one that matches any other pattern.
 * @returns none if none matches
 * @throws {UsageError} with a list of the matches if there are several
 */
export function pathsNamed(store: OpenStore, pattern: string): readonly number[] {
  return allPaths(pathsIn(store), pattern)
}

/** "no store path in mini.iso matches 'perll'; did you mean perl-5.36.0?" */
export function noPathNamed({ name, survey, references }: OpenStore, pattern: string): string {
  const guess = guessText(references.graph.keys, survey.contentNames, pattern)
  return `no ${nounOf(survey.model.kind)[0]} in ${name} matches '${pattern}'${guess}`
}

/** The store paths of an image, by the numbers of its graph. */
function pathsIn({ name, survey, references }: OpenStore): NamedPaths {
  return {
    image: name,
    keys: references.graph.keys,
    contentNames: survey.contentNames,
    sizes: () => ownerTotals(survey.attribution.accounts),
  }
}

/**
 * The root that the user named.
 * @throws {UsageError} if no path matches, or several do
 */
function rootNamed(store: OpenStore, pattern: string): Root {
  const path = pathNamed(store, pattern)
  if (path === undefined) {
    throw new UsageError(`${store.name}: --root: ${noMatch(pathsIn(store), pattern)}`)
  }
  return { node: path, reason: 'given' }
}

/** Reports problems of image and references on stderr. */
export function printStoreProblems({ survey, references }: OpenStore, { verbose }: StoreArguments): void {
  printProblems([...references.warnings, ...survey.attribution.warnings], verbose)
}

/**
 * The sizes of all store paths, and what would go away with each. It reports problems of image and references on
 * stderr.
 * @param given the roots, if they are neither those of the image nor what `--root` names
 */
export function sizesOf(store: OpenStore, options: StoreArguments, given?: readonly number[]): GraphSizes {
  const { attribution, boots, model, composition } = store.survey
  const { references } = store
  const { graph } = references
  printStoreProblems(store, options)
  const named = given?.map((node): Root => ({ node, reason: 'given' }))
  const roots = named ?? (options.root === undefined ? findRoots(boots, graph) : [rootNamed(store, options.root)])
  return graphSizes(attribution, references, roots, kindsOf(model.kind, graph, roots, composition))
}
