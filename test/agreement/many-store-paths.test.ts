import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isoscope } from '../cli/run.ts'
import { describeWith } from '../oracle.ts'

const BENCH = new URL('../../bench/many-store-paths.js', import.meta.url).href
const COUNT = 20_000

interface TreeJson {
  readonly storePaths: readonly {
    readonly path: string
    readonly own: number
    readonly retained: number
    readonly closure: number
    readonly references: readonly string[]
  }[]
}

interface ReportJson {
  readonly roots: readonly { readonly path: string }[]
  readonly storePaths: readonly { readonly path: string; readonly retained: number; readonly closure: number }[]
}

interface WhyJson {
  readonly storePaths: readonly {
    readonly retained: number
    readonly referring: readonly unknown[]
    readonly routes: readonly { readonly path: string }[]
    readonly unregisteredMentions: readonly unknown[] | null
  }[]
}

describeWith(['sqfstar'], 'a squashfs of 20,000 store paths with 300,000 references', () => {
  let work = ''
  let image = ''
  let last = ''
  const jsonOf = <T>(command: string, ...args: string[]): T => {
    const { code, stdout, stderr } = isoscope([command, image, ...args, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout.toString()) as T
  }
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-many-'))
    image = join(work, 'many.squashfs')
    const script = `import { writeManyStorePaths } from ${JSON.stringify(BENCH)}
      console.log(writeManyStorePaths(${JSON.stringify(image)}, ${COUNT}).last)`
    last = execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString().trim()
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it('has a report and a tree that agree', () => {
    const report = jsonOf<ReportJson>('report')
    const tree = jsonOf<TreeJson>('tree')
    expect(tree.storePaths).toHaveLength(COUNT)
    const rows = new Map(report.storePaths.map((row) => [row.path, row]))
    let references = 0
    for (const { path, retained, closure, references: to } of tree.storePaths) {
      expect(rows.get(path)!.retained === retained && rows.get(path)!.closure === closure).toBe(true)
      references += to.length
    }
    expect(references).toBeGreaterThan(290_000)
    const root = rows.get(report.roots[0]!.path)!
    expect(root.path).toMatch(/-nixos-system-many$/)
    // Nearly everything is reached from the system, and goes with it.
    const own = tree.storePaths.reduce((sum, row) => sum + row.own, 0)
    expect(root.closure / own).toBeGreaterThan(0.9)
    expect(root.retained).toBeLessThanOrEqual(root.closure)
  })

  it('says why a path is there, and finds in the contents what is registered', () => {
    const [answer] = jsonOf<WhyJson>('why', last).storePaths
    expect(answer!.routes.map(({ path }) => path)).toContain(`/nix/store/${last}`)
    expect(answer!.unregisteredMentions).toEqual([])
    const scanned = jsonOf<WhyJson>('why', last, '--references', 'scan').storePaths[0]!
    expect(scanned.referring).toEqual(answer!.referring)
    expect(scanned.retained).toBe(answer!.retained)
  })
})
