import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** What a decision plans and nobody has built yet. */
const PLANNED = new Set(['parsers/codecs/assembly/'])

const pages = [
  'README.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).flatMap((name) => (name.endsWith('.md') ? [`${folder}/${name}`] : [])),
  ),
]

it.each(pages)('%s names files that exist', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8')
  const paths = [...text.matchAll(/`((?:src|parsers|test|bench|fuzz|scripts|fixtures|schemas)\/[\w./-]+)`/g)]
  const missing = paths
    .map(([, path]) => path!)
    .filter((path) => !path.includes('NAME') && !PLANNED.has(path) && !existsSync(join(ROOT, path)))
  expect(missing).toEqual([])
})
