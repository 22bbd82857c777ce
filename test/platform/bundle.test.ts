import { parseAst } from 'rolldown/parseAst'
import { expect, it } from 'vitest'
import { scriptOf } from '../../bench/pages.js'

/** The nodes of a syntax tree. */
function* nodesOf(tree: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof tree !== 'object' || tree === null) return
  if (!Array.isArray(tree)) yield tree as Record<string, unknown>
  for (const child of Object.values(tree)) yield* nodesOf(child)
}

/** What Node has and a browser has not, as code names it. `globalThis.Buffer` is asked for before it is used. */
function ofNode(script: string): string[] {
  const found: string[] = []
  for (const { type, name, value, key, property } of nodesOf(parseAst(script, { lang: 'js' }))) {
    if (type === 'Literal' && typeof value === 'string' && value.startsWith('node:')) found.push(value)
    if (type === 'MemberExpression' || type === 'Property') {
      const named = (property ?? key) as { name?: string } | undefined
      if (named?.name === 'Buffer') found.push('.Buffer')
    }
    if (type === 'Identifier' && ['process', 'require', '__require', '__dirname'].includes(name as string)) {
      found.push(name as string)
    }
  }
  return [...new Set(found)]
}

// Bundled for a browser, without a loader of Node's modules in its place.
it.each([
  ['src/browser.ts', ['.Buffer']],
  ['src/scan/worker.ts', []],
])('%s needs nothing of Node', async (module, named) => {
  const script = await scriptOf(module)
  expect(script.length).toBeGreaterThan(100_000)
  expect(ofNode(script)).toEqual(named)
})

it('finds what only Node has', () => {
  expect(ofNode(`import { a } from 'node:fs'; process.exit(require('os'), { process: 1 })`)).toEqual([
    'node:fs',
    'process',
    'require',
  ])
})
