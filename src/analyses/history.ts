import type { ByteString } from '../../parsers/bytes/byte-string.ts'
import type { ImageSummary } from '../inventory/image-summary.ts'
import { ownerTotals } from '../inventory/owner-totals.ts'
import type { Inventory } from '../inventory/take-inventory.ts'
import { packageIdOf, packageOf } from '../owners/names.ts'
import { type Diff, type DiffRow, diff } from './diff.ts'
import { withOptions } from './diff-options.ts'
import type { HistoryGrouping } from './grouping.ts'
import type { UsedOrder } from './image-order.ts'

/** How images became other images, one after the other. */
export interface History {
  /** What the changes are of. */
  readonly by: HistoryGrouping
  /** The kind of the owners, as `Inventory.kind`: of the last image that has any. */
  readonly kind: string
  readonly order: UsedOrder
  /** Oldest first, by `order`. */
  readonly images: readonly HistoryImage[]
  /** What the bytes are of, largest change first. At each image, all lines together are the file. */
  readonly lines: readonly HistoryLine[]
}

/** An image of a history. */
export interface HistoryImage {
  /** The file, as the user named it. */
  readonly path: string
  readonly summary: Pick<ImageSummary, 'name' | 'size' | 'label' | 'volumeId' | 'created' | 'owners' | 'packages'>
  /** Whether we could read it and compare it completely. */
  readonly complete: boolean
  /** What changed from the image before; undefined for the first one. */
  readonly step: HistoryStep | undefined
}

/** What changed from one image to the next one. */
export interface HistoryStep {
  readonly delta: number
  readonly counts: Diff['counts']
  readonly directories: Diff['directories']
  /** As `isoscope diff` has them, largest first, so many as are kept. */
  readonly changes: readonly DiffRow[]
  /** The sum of the other rows; with the changes it adds up to `delta`. */
  readonly rest: { readonly rows: number; readonly delta: number; readonly unpackedDelta: number }
}

/** The bytes of a package or a region over the images. */
export interface HistoryLine {
  readonly kind: 'package' | 'region'
  /** The name of a package, or the path of a region. */
  readonly name: ByteString
  /** Whether it is what no package has of a region that has packages. */
  readonly isRest: boolean
  /** The most bytes that it has in an image. */
  readonly most: number
  /** Own bytes in each image; 0 where it is absent. */
  sizes(): readonly number[]
}

/** The number of an image, and the bytes that a line has from there on. */
type Turn = readonly [image: number, own: number]

/** A line as we take it down: its turns only, because most lines stay as they are for many images. */
interface TakenLine extends Omit<HistoryLine, 'most' | 'sizes'> {
  readonly turns: Turn[]
}

/** Takes down a history, image by image. Of each it keeps its sizes and its largest changes, and no inventory. */
export interface HistoryTaker {
  /**
   * Adds the next image.
   * @param before the inventory of the image that was added before; undefined for the first one
   * @param isWhole whether all metadata of the image could be read
   */
  add(path: string, before: Inventory | undefined, now: Inventory, isWhole: boolean): void
  history(order: UsedOrder): History
}

/**
 * @param by what the changes are of; undefined for store paths, packages and files. The lines are of packages, or of regions
 * if the user wants those or no image has an owner.
 * @param most how many changes of a step are kept; 0 for all
 */
export function startHistory(by: HistoryGrouping | undefined, most: number): HistoryTaker {
  const images: HistoryImage[] = []
  const packages = new Map<string, TakenLine>()
  const regions = new Map<string, TakenLine>()
  let kind: string | undefined
  let hasOwners = false
  return {
    add(path, before, now, isWhole) {
      const { name, size, label, volumeId, created, owners, packages: packageCount, complete } = now.image
      if (kind === undefined || owners > 0) kind = now.kind
      hasOwners ||= owners > 0
      const at = images.length
      takeDown(packages, at, packageSizes(now))
      takeDown(regions, at, regionSizes(now))
      const compared = before === undefined ? undefined : diff(before, now, by ?? 'path')
      images.push({
        path,
        summary: {
          ...{ name, size, label, volumeId, owners, packages: packageCount },
          ...(created === undefined ? {} : { created }),
        },
        complete: complete && isWhole && compared?.complete !== false,
        step: compared === undefined ? undefined : stepOf(compared, now, most),
      })
    },
    history(order) {
      const taken = by === 'region' || !hasOwners ? regions : packages
      return {
        by: by ?? 'path',
        kind: kind ?? '',
        order,
        images,
        lines: linesOf([...taken.values()], images.length),
      }
    },
  }
}

function stepOf(compared: Diff, now: Inventory, most: number): HistoryStep {
  const { rows, delta, counts, directories } = compared
  const kept = most === 0 ? rows : rows.slice(0, most)
  const left = rows.slice(kept.length)
  const sum = (key: 'delta' | 'unpackedDelta'): number => left.reduce((total, row) => total + row[key], 0)
  return {
    delta,
    counts,
    directories,
    changes: withOptions({ ...compared, rows: kept }, now).rows,
    rest: { rows: left.length, delta: sum('delta'), unpackedDelta: sum('unpackedDelta') },
  }
}

/** The bytes of a line in one image. */
type LineSize = Omit<HistoryLine, 'most' | 'sizes'> & { readonly own: number }

/** The bytes of each package, and what is left in each region, by a text that is the same in other images. */
function packageSizes({ attribution: { accounts } }: Inventory): ReadonlyMap<string, LineSize> {
  const sizes = new Map<string, LineSize>()
  const withOwners = new Set(accounts.flatMap(({ owner, region }) => (owner === undefined ? [] : region)))
  for (const [key, { own }] of ownerTotals(accounts)) {
    const id = `package ${packageIdOf(key)}`
    add(sizes, id, { kind: 'package', name: packageOf(key).name, isRest: false, own })
  }
  for (const { owner, region, own } of accounts) {
    if (owner !== undefined) continue
    add(sizes, `region ${region}`, { kind: 'region', name: region, isRest: withOwners.has(region), own })
  }
  return sizes
}

function regionSizes({ attribution: { accounts } }: Inventory): ReadonlyMap<string, LineSize> {
  const sizes = new Map<string, LineSize>()
  for (const { region, own } of accounts) add(sizes, region, { kind: 'region', name: region, isRest: false, own })
  return sizes
}

function add(sizes: Map<string, LineSize>, id: string, size: LineSize): void {
  sizes.set(id, { ...size, own: (sizes.get(id)?.own ?? 0) + size.own })
}

/** Notes the bytes of each line in an image, where they are others than in the image before. */
function takeDown(lines: Map<string, TakenLine>, image: number, sizes: ReadonlyMap<string, LineSize>): void {
  for (const [id, { own, ...size }] of sizes) {
    const line = lines.get(id)
    if (line === undefined) lines.set(id, { ...size, turns: [[image, own]] })
    else if (line.turns.at(-1)![1] !== own) line.turns.push([image, own])
  }
  for (const [id, { turns }] of lines) {
    if (!sizes.has(id) && turns.at(-1)![1] !== 0) turns.push([image, 0])
  }
}

/** Lines by how far they went up and down, most first. Equal ones are by their size. */
function linesOf(taken: readonly TakenLine[], count: number): readonly HistoryLine[] {
  return taken
    .map(({ turns, ...line }) => {
      const owns = [...(turns[0]![0] === 0 ? [] : [0]), ...turns.map(([, own]) => own)]
      const most = owns.reduce((a, b) => Math.max(a, b))
      return { line, turns, most, range: most - owns.reduce((a, b) => Math.min(a, b)) }
    })
    .sort((a, b) => b.range - a.range || b.most - a.most || (a.line.name < b.line.name ? -1 : 1))
    .map(({ line, turns, most }) => ({ ...line, most, sizes: () => sizesOf(turns, count) }))
}

function sizesOf(turns: readonly Turn[], count: number): readonly number[] {
  const sizes = new Array<number>(count).fill(0)
  for (const [at, [image, own]] of turns.entries()) sizes.fill(own, image, turns[at + 1]?.[0] ?? count)
  return sizes
}
