import type { Tree } from './tree.ts'

/** What a search found in a tree. */
export interface Found {
  /** 1 for nodes that match, or that lie in one that does; 2 for nodes above these; else 0. */
  readonly marks: Uint8Array
  /** The matches that lie in no other match. */
  readonly matches: readonly number[]
  /** Bytes in the image file of all matches together, each byte once. */
  readonly own: number
  readonly unpacked: number
}

/** All words of a query must be in a name, whatever their case. A word with a slash is looked for in the path. */
export function search(tree: Tree, query: string): Found | undefined {
  const words = wordsOf(query)
  if (words.length === 0) return undefined
  const { count, names, parent, end, total, unpacked } = tree
  const needsPath = words.some((word) => word.includes('/'))
  const marks = new Uint8Array(count)
  const matches: number[] = []
  const paths: string[] = []
  let own = 0
  let content = 0
  for (let node = 0; node < count; node += 1) {
    const name = names[node]!.toLowerCase()
    if (needsPath) paths[node] = node === 0 ? '' : `${paths[parent[node]!]!}/${name.replace(/^\//, '')}`
    if (node === 0 || marks[node] === 1) continue
    if (!words.every((word) => (word.includes('/') ? paths[node]!.includes(word) : name.includes(word)))) continue
    matches.push(node)
    own += total[node]!
    content += unpacked[node]!
    marks.fill(1, node, end[node]!)
    for (let above = parent[node]!; above >= 0 && marks[above] === 0; above = parent[above]!) marks[above] = 2
  }
  return { marks, matches, own, unpacked: content }
}

export function wordsOf(query: string): readonly string[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Whether a text has all words of a query. */
export function hasWords(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase()
  return words.every((word) => lower.includes(word))
}
