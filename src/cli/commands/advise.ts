import { HINT_TABLE } from '../../analyses/advise/hint-table.ts'
import { type Advice, advise, nixosSystemIn } from '../../analyses/advise.ts'
import type { GraphSizes } from '../../analyses/graph-sizes.ts'
import type { CheckSide } from '../../analyses/subject-parts.ts'
import { type Evidence, evidenceOf } from '../../inventory/evidence.ts'
import { inventoryOf } from '../../inventory/take-inventory.ts'
import { adviseJson } from '../../present/json/advise.ts'
import { moduleText } from '../../present/nix/module.ts'
import { adviseView } from '../../views/advise.ts'
import type { AdviseArguments } from '../definitions/advise.ts'
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts'
import { isRemote } from '../image-file.ts'
import { nearest } from '../nearest.ts'
import { isWholeStore, labelsOf, namesIn, type OpenStore, sizesOf, withStore } from '../open-store.ts'
import { choiceOf, unitOf } from '../option-values.ts'
import { PAGE_FORMATS } from '../options.ts'
import { say, writeOut } from '../output.ts'
import { destinationsOf, printView } from '../print-view.ts'
import { noteLeftOut } from '../server-bytes.ts'

/** `isoscope advise IMAGE`: which NixOS options make an image smaller. */
export async function runAdvise(options: AdviseArguments): Promise<ExitCode> {
  if (options.packing === true) return (await import('./advise-packing.ts')).runAdvisePacking(options)
  const apply = options.apply === undefined ? undefined : idsIn(options.apply)
  choiceOf(options)
  destinationsOf(options, PAGE_FORMATS)
  return withStore(options, async (store) => {
    // What is in images inside takes contents, which a server would have to send.
    const inside = !isRemote(options.image) || options.deep === true
    const inventory = await inventoryOf(store.survey, options.references, { files: true, outside: true, inside })
    const sizes = sizesOf(store, options)
    const side: CheckSide = inventory.isSaved ? inventory : { ...inventory, contents: store.survey }
    if (nixosSystemIn(side, sizes) === undefined) {
      throw new UsageError(`${store.name}: is not a NixOS image: no store path in it is named nixos-system-…`)
    }
    const advice = advise(side, sizes, apply)
    for (const id of apply ?? []) if (!isIn(advice, id)) say(`${id}: there is nothing in ${store.name} that it removes`)
    await printAdvice(advice, apply, side, sizes, store, options)
    if (!inside) noteLeftOut(store.survey)
    if (!isWholeStore(store)) return EXIT.failed
    return advice.items.length + advice.uncounted.length === 0 ? EXIT.no : EXIT.ok
  })
}

async function printAdvice(
  advice: Advice,
  apply: readonly string[] | undefined,
  { image }: CheckSide,
  sizes: GraphSizes,
  store: OpenStore,
  options: AdviseArguments,
): Promise<void> {
  const { survey, references, name } = store
  const unit = unitOf(options)
  if (options.nix === true) {
    await writeOut([moduleText(advice, { image: name, unit })])
    return
  }
  const { keys } = sizes.graph
  const removed = advice.items.flatMap((item) => item.removed.references)
  const evidence: Evidence = evidenceOf(
    survey,
    removed.map(({ from, to }) => ({ from: keys[from]!, to: keys[to]! })),
  )
  const json = () => [adviseJson(advice, { image, references, sizes, names: labelsOf(store, options), evidence })]
  const view = adviseView(advice, {
    ...{ image, name, apply, evidence, graph: sizes.graph, nameOf: namesIn(store) },
    verbose: options.verbose === true,
    choice: choiceOf(options),
  })
  const page = async () => (await import('../html-documents.ts')).imagePage(survey, options, { tab: 'advice' }, advice)
  await printView({ ...view, json, page }, options)
}

function isIn({ items, uncounted }: Advice, id: string): boolean {
  return [...items, ...uncounted].some(({ hint }) => hint.id === id)
}

/** The entries that the user named. */
function idsIn(given: readonly string[]): readonly string[] {
  const ids = given.flatMap((text) => text.split(',')).filter((id) => id !== '')
  const known = HINT_TABLE.entries.map(({ id }) => id)
  for (const id of ids) {
    if (known.includes(id)) continue
    const near = nearest(id, known)
    throw new UsageError(`--apply: no entry '${id}'${near === undefined ? '' : `; did you mean ${near}?`}`)
  }
  if (ids.length === 0) throw new UsageError('--apply: takes ids of entries: --apply manual-html,man-db')
  return ids
}
