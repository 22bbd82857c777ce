import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Folders from the lowest layer to the highest: a file imports its own layer or a lower one. */
const LAYERS: readonly (readonly string[])[] = [
  ['parsers/bytes'],
  ['parsers/checksums'],
  ['parsers/codecs'],
  // The model that every format yields, what a format is, and tables that lie around any format.
  ['parsers/image.ts', 'parsers/format.ts', 'parsers/partition'],
  ['parsers/iso9660', 'parsers/squashfs', 'parsers/elf', 'parsers/sif'],
  ['parsers/formats.ts'],
  ['parsers/detect', 'parsers/index.ts'],
  ['src/platform'],
  ['src/images'],
  ['src/ledger', 'src/graph'],
  ['src/owners'],
  ['src/scan'],
  ['src/inventory'],
  ['src/analyses'],
  ['src/present'],
  ['src/cli', 'src/index.ts'],
]

/** Folders of one layer that must not know each other. */
const FORMATS = LAYERS[4]!

interface Import {
  readonly file: string
  readonly target: string
}

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
  )
  return [...found].map((match) => {
    const target = (match[1] ?? match[2])!
    return { file, target: target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target }
  })
}

function placeOf(file: string): { layer: number; folder: string } | undefined {
  for (const [layer, folders] of LAYERS.entries()) {
    for (const folder of folders) if (file === folder || file.startsWith(`${folder}/`)) return { layer, folder }
  }
  return undefined
}

const files = [...sources('parsers'), ...sources('src')]
const imports = files.flatMap(importsOf)
const isLocal = ({ target }: Import): boolean => target.startsWith('parsers/') || target.startsWith('src/')

describe('architecture', () => {
  it('reads the imports of all files', () => {
    expect(files.length).toBeGreaterThan(60)
    expect(imports.filter(isLocal).length).toBeGreaterThan(200)
  })

  it('has a layer for every file', () => {
    expect(files.filter((file) => placeOf(file) === undefined)).toEqual([])
  })

  it('imports its own layer or a lower one', () => {
    const wrong = imports.filter(isLocal).filter(({ file, target }) => placeOf(target)!.layer > placeOf(file)!.layer)
    expect(wrong).toEqual([])
  })

  it('has formats that do not know each other', () => {
    const wrong = imports.filter(isLocal).filter(({ file, target }) => {
      const [from, to] = [placeOf(file)!.folder, placeOf(target)!.folder]
      return FORMATS.includes(from) && FORMATS.includes(to) && from !== to
    })
    expect(wrong).toEqual([])
  })

  it('has no cycles', () => {
    const targets = new Map<string, string[]>()
    for (const { file, target } of imports.filter(isLocal)) targets.set(file, [...(targets.get(file) ?? []), target])
    const done = new Set<string>()
    const cycles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      if (done.has(file) || path.includes(file)) return
      for (const target of targets.get(file) ?? []) visit(target, [...path, file])
      done.add(file)
    }
    for (const file of files) visit(file, [])
    expect(cycles).toEqual([])
  })

  it('keeps Node out of parsers/, but for the file source', () => {
    const wrong = imports.filter(({ file, target }) => file.startsWith('parsers/') && target.startsWith('node:'))
    expect([...new Set(wrong.map(({ file }) => file))]).toEqual(['parsers/bytes/file-source.ts'])
    const globals = /\b(Buffer|process|require|console|__dirname)\b\s*[.(]/
    const talks = files.filter(
      (file) => file.startsWith('parsers/') && globals.test(readFileSync(join(ROOT, file), 'utf8')),
    )
    expect(talks).toEqual([])
  })

  it('imports codec packages only in parsers/codecs', () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        file.startsWith('parsers/') &&
        !file.startsWith('parsers/codecs/') &&
        !isLocal({ file, target }) &&
        !target.startsWith('node:'),
    )
    expect(wrong).toEqual([])
  })

  it('prints only in the command line', () => {
    const prints = /console\.|process\.std(out|err)\.write/
    expect(
      files.filter((file) => !file.startsWith('src/cli/') && prints.test(readFileSync(join(ROOT, file), 'utf8'))),
    ).toEqual([])
  })

  it('evaluates no text as code', () => {
    expect(files.filter((file) => /\beval\(|new Function\(/.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
  })
})
