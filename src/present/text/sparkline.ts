import type { TextStyle } from './style.ts'

/** The most characters of a sparkline. Of a longer series, each stands for several numbers. */
const MOST = 24
const LEVELS = { unicode: '▁▂▃▄▅▆▇█', ascii: '_.-=+*#@' } as const

/** Numbers as a line of characters, the least one at the bottom and the most one at the top. Equal numbers are at the bottom. */
export function sparkline(numbers: readonly number[], { unicode }: Pick<TextStyle, 'unicode'>): string {
  const levels = LEVELS[unicode ? 'unicode' : 'ascii']
  const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const most = numbers.reduce((a, b) => Math.max(a, b), 0)
  const levelOf = (number: number): string => {
    const part = most === least ? 0 : (number - least) / (most - least)
    return levels[Math.round(part * (levels.length - 1))]!
  }
  const width = Math.min(numbers.length, MOST)
  return Array.from({ length: width }, (_, at) => {
    const [from, to] = [at, at + 1].map((end) => Math.round((end * numbers.length) / width))
    // The most of several, so that one that stands out stays visible.
    return levelOf(numbers.slice(from, to).reduce((a, b) => Math.max(a, b)))
  }).join('')
}
