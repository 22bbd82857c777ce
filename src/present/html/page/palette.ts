import { CONTENT_KINDS } from './content-kinds.ts'

/** The colours of a map, as CSS writes them. */
export interface Palette {
  readonly text: string
  readonly faint: string
  readonly ground: string
  readonly line: string
  readonly mark: string
  /** The ground of an open box, by depth. */
  frame(depth: number): string
  /** By the number of a content kind. */
  readonly kinds: readonly string[]
  /** From 0, what does not compress, to 1, what compresses well. */
  compression(part: number): string
  readonly unknown: string
  /** By the kind of change. */
  readonly changes: Readonly<Record<string, string>>
  /** The lines behind a chart. */
  readonly grid: string
  /** Of a line of a chart, by its number; grey for what is left. A stroke stands out from the ground, and text from a fill. */
  series(number: number): { readonly fill: string; readonly stroke: string }
}

/** Hues of lines of a chart, neighbours far apart. */
const SERIES = [255, 60, 155, 340, 200, 95, 300, 25]

/** Hues, apart for readers who see few of them; grey for what is no content. */
const HUES: Readonly<Record<(typeof CONTENT_KINDS)[number]['id'], readonly [hue: number, chroma: number]>> = {
  programs: [255, 0.09],
  kernel: [25, 0.11],
  firmware: [60, 0.11],
  scripts: [150, 0.1],
  development: [300, 0.09],
  documentation: [95, 0.11],
  translations: [195, 0.08],
  media: [340, 0.1],
  data: [230, 0.035],
  tables: [250, 0.005],
}

export function paletteOf(isDark: boolean): Palette {
  const light = isDark ? 0.44 : 0.83
  const colour = (lightness: number, chroma: number, hue: number): string => `oklch(${lightness} ${chroma} ${hue})`
  return {
    text: isDark ? '#f2f4f8' : '#14181f',
    faint: isDark ? '#b4bcc8' : '#3f4856',
    ground: isDark ? '#12151a' : '#ffffff',
    line: isDark ? '#12151a' : '#ffffff',
    mark: isDark ? '#ffd166' : '#b4234a',
    frame: (depth) =>
      isDark
        ? colour(0.25 + 0.03 * Math.min(depth, 4), 0.012, 255)
        : colour(0.955 - 0.022 * Math.min(depth, 4), 0.01, 255),
    kinds: CONTENT_KINDS.map(({ id }) => colour(light, HUES[id][1] * (isDark ? 0.95 : 1), HUES[id][0])),
    compression: (part) => colour(isDark ? 0.38 + 0.1 * part : 0.8 + 0.04 * part, 0.085, 35 + 200 * part),
    unknown: isDark ? colour(0.36, 0.005, 250) : colour(0.87, 0.005, 250),
    grid: isDark ? '#2b323d' : '#dfe3e9',
    series(number) {
      const hue = SERIES[number]
      if (hue === undefined)
        return { fill: colour(isDark ? 0.36 : 0.87, 0.005, 250), stroke: colour(isDark ? 0.68 : 0.52, 0.005, 250) }
      return { fill: colour(light, 0.1, hue), stroke: colour(isDark ? 0.74 : 0.54, 0.14, hue) }
    },
    changes: {
      grew: colour(light, 0.1, 25),
      new: colour(light, 0.1, 60),
      shrank: colour(light, 0.09, 160),
      gone: colour(light, 0.09, 230),
      'same size': colour(light, 0.01, 250),
    },
  }
}
