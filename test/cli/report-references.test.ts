import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { graphSizes } from '../../src/analyses/graph-sizes.ts'
import { takeInventory } from '../../src/inventory/take-inventory.ts'
import { IMAGES, isoscope } from './run.ts'

interface Row {
  readonly path: string
  readonly own: number
  readonly unpacked: number
  readonly name: string
  readonly retained: number
  readonly closure: number
  readonly reached: boolean
  readonly referrers: readonly string[]
}

interface ReportJson {
  readonly referencesFrom: string | null
  readonly roots: readonly { readonly path: string; readonly reason: string }[]
  readonly bestCuts: readonly {
    readonly from: string
    readonly to: string
    readonly removes: readonly { readonly from: string; readonly to: string }[]
    readonly frees: number
  }[]
  readonly storePaths: readonly Row[]
}

interface TreeJson {
  readonly referencesFrom: string
  readonly roots: ReportJson['roots']
  readonly storePaths: readonly (Omit<Row, 'referrers'> & { readonly references: readonly string[] })[]
}

function jsonOf<T>(...args: string[]): T {
  const { code, stdout, stderr } = isoscope([...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as T
}

/** What is reached from some paths without others, and without a reference. */
function reach(tree: TreeJson, begins: readonly string[], without: { path?: string; from?: string; to?: string } = {}) {
  const references = new Map(tree.storePaths.map((row) => [row.path, row.references]))
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (path === without.path || reached.has(path)) return
    reached.add(path)
    for (const to of references.get(path)!) if (path !== without.from || to !== without.to) visit(to)
  }
  for (const begin of begins) visit(begin)
  return reached
}

describe.each([
  ['by the registration', [], 'registration'],
  ['by a scan', ['--references', 'scan'], 'scan'],
  ['of a root as given', ['--root', 'nix-2.31.2'], 'registration'],
])('the references of mini.iso --json, %s', (_, options, origin) => {
  let report: ReportJson
  let tree: TreeJson
  let freed: (paths: readonly string[]) => number
  beforeAll(async () => {
    report = jsonOf('mini.iso', ...options)
    tree = jsonOf('tree', 'mini.iso', ...options)
    const { attribution, references, roots } = await takeInventory(join(IMAGES, 'mini.iso'))
    const { graph, exclusive, shared } = graphSizes(attribution, references!, roots)
    const numbers = new Map(graph.keys.map((base, number) => [`/nix/store/${base}`, number]))
    freed = (paths) => {
      const gone = new Set(paths.map((path) => numbers.get(path)!))
      const own = [...gone].reduce((sum, path) => sum + exclusive[path]!, 0)
      return shared.reduce((sum, group) => sum + (group.nodes.every((path) => gone.has(path)) ? group.bytes : 0), own)
    }
  })

  it('are those of the tree', () => {
    expect([report.referencesFrom, tree.referencesFrom]).toEqual([origin, origin])
    expect(report.roots).toEqual(tree.roots)
    expect(report.roots).toHaveLength(1)
    const rows = new Map(report.storePaths.map((row) => [row.path, row]))
    expect(rows.size).toBe(47)
    const reachedRows = new Set(tree.storePaths.filter(({ reached }) => reached).map(({ path }) => path))
    for (const { path, own, unpacked, retained, closure, reached } of tree.storePaths) {
      expect(rows.get(path)).toMatchObject({ own, unpacked, retained, closure, reached })
      const referrers = tree.storePaths.filter(({ references }) => references.includes(path)).map((row) => row.path)
      expect(rows.get(path)!.referrers).toEqual(referrers.filter((referrer) => reachedRows.has(referrer)))
    }
  })

  it('are those of brute force: remove each path, and each reference', () => {
    const begins = report.roots.map(({ path }) => path)
    const before = reach(tree, begins)
    const own = new Map(report.storePaths.map((row) => [row.path, row.own]))
    for (const { path, retained, closure, reached } of report.storePaths) {
      expect(reached).toBe(before.has(path))
      const after = reach(tree, begins, { path })
      expect(retained).toBe(freed([...before].filter((other) => !after.has(other))))
      expect(closure).toBe([...reach(tree, [path])].reduce((sum, other) => sum + own.get(other)!, 0))
    }
    const cuts = tree.storePaths.flatMap(({ path: from, references }) =>
      references.map((to) => {
        const after = reach(tree, begins, { from, to })
        return { from, to, frees: freed([...before].filter((other) => !after.has(other))) }
      }),
    )
    const best = cuts.filter(({ frees }) => frees > 0).sort((a, b) => b.frees - a.frees)
    // The references to a path that are the only ones, as far as they are chosen.
    for (const { from, to, removes, frees } of report.bestCuts) {
      expect(removes[0]).toEqual({ from, to })
      const left = tree.storePaths.flatMap(({ path, references: all }) =>
        all.filter((other) => other === to && !removes.some((one) => one.from === path)),
      )
      expect(left).toEqual([])
      if (removes.length === 1) expect(best).toContainEqual({ from, to, frees })
    }
    expect(report.bestCuts.map(({ frees }) => frees)).toEqual(
      report.bestCuts.map(({ frees }) => frees).sort((a, b) => b - a),
    )
    expect(report.bestCuts.length > 3).toBe(options[0] !== '--root')
  })
})

/** Fields of a store path that are left out with them. A package has no role. */
const OF_REFERENCES = ['retained', 'closure', 'reached', 'referrers', 'references', 'narHash', 'role']

describe('the report', () => {
  it.each(['mini', 'mini-slim'])('of %s.iso has the closures that Nix has', (name) => {
    const report = jsonOf<ReportJson>(`${name}.iso`)
    const tree = jsonOf<TreeJson>('tree', `${name}.iso`)
    const lines = readFileSync(join(IMAGES, 'nix', `${name}.path-info.txt`), 'utf8')
      .trimEnd()
      .split('\n')
    const info = new Map(lines.map((line) => [line.split(' ')[0]!, line.split(' ').slice(1).map(Number)]))
    expect(new Set(info.keys())).toEqual(new Set(report.storePaths.map(({ path }) => path)))
    // Nix counts NAR sizes, we count bytes of the image, of the same paths.
    const own = new Map(report.storePaths.map((row) => [row.path, row.own]))
    for (const { path, closure } of report.storePaths) {
      const paths = [...reach(tree, [path])]
      expect(paths.reduce((sum, other) => sum + info.get(other)![0]!, 0)).toBe(info.get(path)![1])
      expect(paths.reduce((sum, other) => sum + own.get(other)!, 0)).toBe(closure)
    }
  })

  it('leaves out all about references when they are not asked for', () => {
    const report = jsonOf<ReportJson>('mini.iso', '--references', 'none')
    expect(report).toMatchObject({ referencesFrom: null, roots: [], bestCuts: [] })
    const all = jsonOf<ReportJson>('mini.iso')
    for (const [index, row] of report.storePaths.entries()) {
      const full: Partial<Record<string, unknown>> = { ...all.storePaths[index]! }
      expect(Object.keys(full)).toEqual(expect.arrayContaining([...Object.keys(row), ...OF_REFERENCES.slice(0, -1)]))
      for (const field of OF_REFERENCES) delete full[field]
      expect(row).toEqual(full)
    }
    const text = isoscope(['mini.iso', '--references', 'none']).stdout.toString()
    expect(text).not.toMatch(/RETAINED|CLOSURE|PULLED IN BY|Best cuts|root:|references from/)
  })

  it.each(['own', 'retained', 'closure', 'unpacked'] as const)('is in the order of %s', (key) => {
    const { stdout } = isoscope(['mini.iso', '--sort', key, '-n', '0', '--full-paths'])
    const shown = stdout
      .toString()
      .split('Largest store paths')[1]!
      .match(/^.*? {2}(\/nix\/store\/\S+) {2}/gm)!
    const paths = shown.map((line) => /\/nix\/store\/\S+/.exec(line)![0])
    const rows = new Map(jsonOf<ReportJson>('mini.iso').storePaths.map((row) => [row.path, row]))
    expect(paths).toHaveLength(rows.size)
    const sizes = paths.map((path) => rows.get(path)![key])
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  })

  it.each([
    ['a registration that is not there', ['zstd.squashfs', '--references', 'registration'], 0, ''],
    ['a root that is not there', ['mini.iso', '--root', 'emacs'], 2, "mini.iso: --root: no store path matches 'emacs'"],
    ['several roots', ['mini.iso', '--root', 'lib'], 2, "mini.iso: 'lib' is ambiguous"],
  ])('says what is wrong: %s', (_, args, code, sentence) => {
    const said = isoscope(args)
    expect(said.code).toBe(code)
    expect(said.stderr).toContain(sentence)
    expect(said.stdout.length > 0).toBe(code === 0)
  })
})
