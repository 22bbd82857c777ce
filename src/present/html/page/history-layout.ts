import type { PageHistoryLine } from '../page-data.ts'

/** A line of a chart: a package, a region, or what is left beside these. */
export interface ChartLine {
  readonly name: string
  readonly own: readonly number[]
  /** The number of its colour; -1 for what is left. */
  readonly colour: number
}

/** A line with the band that it has in a stack, from the bytes of the lines below to its own on top. */
export interface Band extends ChartLine {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/** Lines that get a colour. More could not be told apart. */
const MOST_COLOURS = 8

/**
 * The lines of a chart: the largest ones, and one for all that is left, which stands first, at the bottom of a stack. All of
 * them add up to the files.
 * @param picked the number of a line that the reader wants to see too; -1 for none
 */
export function chartLines(lines: readonly PageHistoryLine[], picked: number): readonly ChartLine[] {
  const peak = ({ own }: PageHistoryLine): number => own.reduce((a, b) => Math.max(a, b), 0)
  const named = lines.filter(({ isRest }) => !isRest)
  const largest = [...named].sort((a, b) => peak(b) - peak(a)).slice(0, MOST_COLOURS)
  const wanted = lines[picked]
  if (wanted !== undefined && !largest.includes(wanted)) largest.splice(MOST_COLOURS - 1, 1, wanted)
  const others = lines.filter((line) => !largest.includes(line))
  const coloured = largest.map(({ name, own }, colour): ChartLine => ({ name, own, colour }))
  if (others.length === 0) return coloured
  const own = others[0]!.own.map((_, image) => others.reduce((sum, line) => sum + line.own[image]!, 0))
  return [{ name: '[everything else]', own, colour: -1 }, ...coloured]
}

/** Lines on top of each other, the first one at the bottom. */
export function stacked(lines: readonly ChartLine[]): readonly Band[] {
  let below: readonly number[] = lines[0]?.own.map(() => 0) ?? []
  return lines.map((line): Band => {
    const from = below
    const to = from.map((bytes, image) => bytes + line.own[image]!)
    below = to
    return { ...line, from, to }
  })
}

/** Bytes at which a scale has marks: so many as there is room for, at whole numbers of a unit, and one above the most. */
export function marksUpTo(most: number, room: number): readonly number[] {
  const wanted = Math.max(most, 1) / Math.max(room, 1)
  let unit = 1
  while (unit * 1024 <= wanted) unit *= 1024
  const step = unit * ([1, 2, 5, 10, 20, 50, 100, 200, 500, 1024].find((times) => unit * times >= wanted) ?? 1024)
  const count = Math.max(Math.ceil(most / step), 1)
  return Array.from({ length: count + 1 }, (_, at) => at * step)
}

/** Which of many names have room: every so many, the first and the last one. */
export function namedSteps(count: number, room: number): readonly number[] {
  if (count <= 1 || room <= 1) return [0]
  const every = Math.max(Math.ceil((count - 1) / Math.max(room - 1, 1)), 1)
  const some = Array.from({ length: Math.ceil(count / every) }, (_, at) => at * every)
  const left = count - 1 - some.at(-1)!
  // The last name is worth more than the one before it, if both have no room.
  if (left > 0) some.splice(left < every && some.length > 1 ? -1 : some.length, 1, count - 1)
  return some
}

/** Places of labels on a line, as near to those that they should have as their height lets them be, up to an end. */
export function spread(wanted: readonly number[], height: number, end: number): readonly number[] {
  const order = [...wanted.keys()].sort((a, b) => wanted[a]! - wanted[b]!)
  const places = [...wanted]
  let least = Number.NEGATIVE_INFINITY
  for (const at of order) {
    places[at] = Math.max(wanted[at]!, least)
    least = places[at]! + height
  }
  let most = end
  for (const at of order.reverse()) {
    places[at] = Math.min(places[at]!, most)
    most = places[at]! - height
  }
  return places
}
