import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Folders from the lowest layer to the highest: a file imports its own layer or a lower one. */
const LAYERS: readonly (readonly string[])[] = [
  ['parsers/bytes'],
  ['parsers/checksums'],
  ['parsers/codecs'],
  // The model that every format yields, what a format is, and tables and programs that lie around any format.
  [
    'parsers/image.ts',
    'parsers/entry-columns.ts',
    'parsers/linux-encodings.ts',
    'parsers/format.ts',
    'parsers/partition',
    'parsers/elf',
  ],
  [
    'parsers/iso9660',
    'parsers/squashfs',
    'parsers/erofs',
    'parsers/ext4',
    'parsers/cpio',
    'parsers/initrd',
    'parsers/fat',
    'parsers/disk',
    'parsers/pe',
    'parsers/sif',
    'parsers/sqlite',
    'parsers/tar',
    'parsers/ar',
    'parsers/rpm',
    'parsers/rauc',
    'parsers/key-file',
  ],
  ['parsers/formats.ts'],
  ['parsers/detect', 'parsers/index.ts'],
  ['src/platform'],
  ['src/images'],
  ['src/ledger', 'src/graph'],
  ['src/owners'],
  ['src/scan'],
  ['src/inventory'],
  ['src/analyses'],
  ['src/views'],
  ['src/present'],
  ['src/cli', 'src/index.ts', 'src/browser.ts', 'src/web'],
]

/** Folders of one layer that must not know each other. */
const FORMATS = LAYERS[4]!

/** The one format that another one consists of: an initrd is a sequence of archives. */
const CONSISTS_OF: ReadonlyMap<string, string> = new Map([['parsers/initrd', 'parsers/cpio']])

/** What only Node has: not to be named in code that runs anywhere, be it called, passed on, or a key of `globalThis`. */
const NODE_GLOBALS = new Set(['Buffer', 'process', 'require', 'console', '__dirname', '__filename', 'setImmediate'])

/** The only folders of src/ that may use what only Node has. */
const OF_NODE = /^src\/(cli|platform\/node)\//

/** The folders of which a package import means the one or the other. */
const TWINS = ['src/platform/node', 'src/platform/web'] as const

/** Uses of these that are right, each with its reason. */
const ALLOWED_GLOBALS: ReadonlyMap<string, string> = new Map([
  ['parsers/bytes/byte-string.ts: Buffer', 'ten times as fast where there is Node, and asked for before it is used'],
])

/** Files of Nix's owner model that others use, each with its reason. */
const OF_NIX: ReadonlyMap<string, string> = new Map([
  ['src/owners/nix/reference-scanner.ts', 'every model with a hash in its keys has Nix’s hashes'],
  ['src/owners/nix/bytes-without-hashes.ts', 'the same hashes, left out of a comparison'],
  ['src/owners/nix/why-depends-order.ts', 'the command answers as `nix why-depends` does'],
])

interface Import {
  readonly file: string
  readonly target: string
}

function sources(folder: string): string[] {
  return (
    readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      // Another language, which the compiler of AssemblyScript checks.
      .filter((file) => !file.startsWith('parsers/codecs/assembly/'))
  )
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g,
  )
  return [...found].flatMap((match) => {
    const target = (match[1] ?? match[2])!
    const [, name] = /^#platform\/(.+)$/.exec(target) ?? []
    if (name !== undefined) return TWINS.map((folder) => ({ file, target: `${folder}/${name}.ts` }))
    return { file, target: target.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), target)) : target }
  })
}

/** What a file imports from a package import. */
function namesFrom(file: string, target: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const found = text.matchAll(/(?:import|export) \{([^}]*)\} from '([^']+)'/g)
  return [...found].flatMap(([, names, from]) =>
    from === target ? names!.split(',').map((name) => name.trim().split(' as ')[0]!) : [],
  )
}

/** The syntax tree of a file. */
function treeOf(file: string): unknown {
  return parseAst(readFileSync(join(ROOT, file), 'utf8'), { lang: file.endsWith('.ts') ? 'ts' : 'js' })
}

/** All nodes of a syntax tree. */
function* nodesOf(tree: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof tree !== 'object' || tree === null) return
  if (!Array.isArray(tree)) yield tree as Record<string, unknown>
  for (const child of Object.values(tree)) yield* nodesOf(child)
}

/** The globals of Node that a file names in its code, types and keys included. */
function globalsIn(file: string): string[] {
  const names = [...nodesOf(treeOf(file))].map(({ type, name, value }) => (type === 'Identifier' ? name : value))
  return [...new Set(names.filter((name) => NODE_GLOBALS.has(name as string)))] as string[]
}

/** What a file requires; undefined where that is no string. */
function requiredIn(file: string): (string | undefined)[] {
  return [...nodesOf(treeOf(file))].flatMap((node) => {
    const {
      type,
      callee: called,
      arguments: args,
    } = node as {
      type?: string
      callee?: { name?: string }
      arguments?: { value?: unknown }[]
    }
    if (type !== 'CallExpression' || called?.name !== 'require') return []
    const value = args?.[0]?.value
    return [typeof value === 'string' ? value : undefined]
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
      return FORMATS.includes(from) && FORMATS.includes(to) && from !== to && CONSISTS_OF.get(from) !== to
    })
    expect(wrong).toEqual([])
  })

  it('knows the owners of an image only by their model', () => {
    const folderOf = (file: string): string | undefined => /^src\/owners\/[^/]+\//.exec(file)?.[0]
    const wrong = imports.filter(isLocal).filter(({ file, target }) => {
      const model = folderOf(target)
      return model !== undefined && folderOf(file) !== model && !file.endsWith('/models.ts') && !OF_NIX.has(target)
    })
    expect(wrong).toEqual([])
    expect([...OF_NIX.keys()].filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
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
    const named = files
      .filter((file) => file.startsWith('parsers/'))
      .flatMap((file) => globalsIn(file).map((name) => `${file}: ${name}`))
    expect(named).toEqual([...ALLOWED_GLOBALS.keys()])
  })

  it('keeps Node out of src/, but for the command line and platform/node', () => {
    const elsewhere = files.filter((file) => file.startsWith('src/') && !OF_NODE.test(file))
    expect(elsewhere.length).toBeGreaterThan(200)
    const wrong = imports.filter(
      ({ file, target }) => elsewhere.includes(file) && (target.startsWith('node:') || isBuiltin(target)),
    )
    expect(wrong).toEqual([])
    // The compiled page is text.
    const code = elsewhere.filter((file) => !file.includes('/compiled/'))
    expect(code.flatMap((file) => globalsIn(file).map((name) => `${file}: ${name}`))).toEqual([])
  })

  it('names a folder of one platform only in what is for that one', () => {
    const naming = (folder: string): string[] =>
      files.filter((file) => new RegExp(`from '[./]+/platform/${folder}/`).test(readFileSync(join(ROOT, file), 'utf8')))
    expect(naming('node').filter((file) => !file.startsWith('src/cli/'))).toEqual([])
    const ofPages = naming('web')
    expect(ofPages.filter((file) => !file.startsWith('src/web/') && file !== 'src/browser.ts')).toEqual([])
    expect(ofPages).toContain('src/browser.ts')
  })

  it('has both twins of a package import, with the same exports', () => {
    const specifiers = /from '#platform\/([^']+)'/g
    const names = new Set(
      files.flatMap((file) =>
        [...readFileSync(join(ROOT, file), 'utf8').matchAll(specifiers)].map(([, name]) => name!),
      ),
    )
    expect(names.size).toBeGreaterThan(5)
    // What is no twin is there for one.
    const alone = files.filter(
      (file) => /^src\/platform\/web\/[^/]+\.ts$/.test(file) && !names.has(basename(file, '.ts')),
    )
    const isUsed = (file: string): boolean =>
      imports.some(({ file: by, target }) => target === file && by.startsWith('src/platform/web/'))
    expect(alone.filter((file) => !isUsed(file))).toEqual([])
    const exportsOf = (file: string): string[] =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^export (?:async )?function (\w+)/gm)].map(
        ([, name]) => name!,
      )
    for (const name of names) {
      const [ofNode, ofWeb] = TWINS.map((folder) => exportsOf(`${folder}/${name}.ts`)) as [string[], string[]]
      const used = files.flatMap((file) => namesFrom(file, `#platform/${name}`))
      expect({ name, missing: used.filter((each) => !(ofNode.includes(each) && ofWeb.includes(each))) }).toEqual({
        name,
        missing: [],
      })
      expect(used.length, name).toBeGreaterThan(0)
    }
  })

  it('finds a global of Node by whatever way it is taken', () => {
    const taken = ['Buffer.from(a)', 'const own = Buffer', '(globalThis as { Buffer?: typeof Buffer }).Buffer']
    for (const text of [...taken, "globalThis['Buffer']", 'f(Buffer)']) {
      const names = [...nodesOf(parseAst(text, { lang: 'ts' }))].map(({ type, name, value }) =>
        type === 'Identifier' ? name : value,
      )
      expect(names).toContain('Buffer')
    }
    expect(
      [...nodesOf(parseAst('// Buffer\nconst text = "a Buffer"', { lang: 'ts' }))].map(({ name }) => name),
    ).not.toContain('Buffer')
  })

  it('has a bin and a bundle that require what is there', () => {
    const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >
    const known = [...Object.keys({ ...dependencies, ...peerDependencies }), '@duckdb/node-api']
    const bundle = readdirSync(join(ROOT, 'dist/cli')).filter((name) => name.endsWith('.cjs'))
    const isThere = (folder: string, id: string | undefined): boolean =>
      id !== undefined &&
      (id.startsWith('.') ? existsSync(join(ROOT, folder, id)) : isBuiltin(id) || known.includes(id))
    const bin = requiredIn('bin/isoscope.js')
    expect(bin).toContain('../dist/cli/start.cjs')
    expect(bin.filter((id) => !isThere('bin', id))).toEqual([])
    const required = bundle.flatMap((name) => requiredIn(`dist/cli/${name}`).map((id) => ({ name, id })))
    expect(required.length).toBeGreaterThan(bundle.length)
    expect(required.filter(({ id }) => !isThere('dist/cli', id))).toEqual([])
  })

  it('loads Parquet and what starts processes only for who asks for them', () => {
    // Files of the build before may still be there.
    const built = JSON.parse(readFileSync(join(ROOT, 'dist/files.json'), 'utf8')) as string[]
    const names = built.flatMap((path) => /^cli\/(.+\.cjs)$/.exec(path)?.[1] ?? [])
    const textOf = (name: string): string => readFileSync(join(ROOT, 'dist/cli', name), 'utf8')
    /** What is loaded with a file. What is loaded later is indented. */
    const loadedBy = (name: string): string[] =>
      Array.from(textOf(name).matchAll(/^(?:\S.*)?require\("([^"]+)"\)/gm), ([, id]) => id!)
    const startOf = (names: readonly string[]): Set<string> => {
      const all = new Set<string>()
      const visit = (id: string): void => {
        if (all.has(id)) return
        all.add(id)
        if (id.startsWith('./')) loadedBy(id.slice(2)).forEach(visit)
      }
      for (const name of names) visit(`./${name}`)
      return all
    }
    // The table of commands needs nothing that a command is for: a start took twice the time when it loaded all views.
    const start = [...startOf(['start.cjs', 'main.cjs'])].filter((id) => id.startsWith('./'))
    const modules = start.flatMap((id) =>
      Array.from(textOf(id.slice(2)).matchAll(/^\/\/ \S+\/(?:src|parsers)\/(\S+)$/gm), ([line]) => line),
    )
    expect(modules.length).toBeGreaterThan(30)
    expect(
      modules.filter((line) =>
        /\/src\/(views\/(?!table-names)|inventory|owners\/(?!version-order)|graph)|\/parsers\/(?!bytes)/.test(line),
      ),
    ).toEqual([])
    const report = startOf(['main.cjs', ...names.filter((name) => /^report-(?!many)/.test(name))])
    expect(report).toContain('node:fs')
    expect(report.size).toBeGreaterThan(5)
    expect([...report].filter((id) => /parquet|child_process|yargs|bullmq|redis/.test(id))).toEqual([])
    // Somebody loads each.
    const all = new Set(names.flatMap(loadedBy))
    expect([...all]).toEqual(expect.arrayContaining(['hyparquet-writer', 'node:child_process']))
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
      files.filter(
        (file) => !/^src\/cli\/|\/compiled\//.test(file) && prints.test(readFileSync(join(ROOT, file), 'utf8')),
      ),
    ).toEqual([])
  })

  it('evaluates no text as code', () => {
    expect(files.filter((file) => /\beval\(|new Function\(/.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([])
  })
})
