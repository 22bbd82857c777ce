import { describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'

interface ReportJson {
  readonly image: { readonly size: number }
  readonly storePaths: readonly {
    readonly path: string
    readonly name: string
    readonly own: number
    readonly retained: number
  }[]
  readonly bestCuts: readonly { readonly from: string; readonly to: string; readonly frees: number }[]
}

interface WhyJson {
  readonly storePaths: readonly {
    readonly path: string
    readonly retained: number
    readonly root: string | null
    readonly routes: readonly { readonly path: string; readonly places: readonly { readonly file: string }[] }[]
    readonly singleCuts: readonly { readonly from: string; readonly to: string; readonly frees: number }[]
    readonly goesWithIt: readonly { readonly path: string; readonly own: number }[]
  }[]
}

function jsonOf<T>(...args: string[]): T {
  const { code, stdout, stderr } = isoscope([...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as T
}

const nameOf = (path: string): string => path.slice(44)

/** mini-slim.iso is mini.iso without the unit that needs Nix, and without documentation. */
describe('the story of slimming mini.iso to mini-slim.iso', () => {
  const before = jsonOf<ReportJson>('mini.iso')
  const after = jsonOf<ReportJson>('mini-slim.iso')
  const namesAfter = new Set(after.storePaths.map(({ name }) => name))
  const lost = before.storePaths.filter(({ name }) => !namesAfter.has(name))

  it('begins with what is big: Boost is among it, and one reference pulls it in', () => {
    expect(before.storePaths.slice(0, 4).map(({ name }) => name)).toContain('boost-1.87.0')
    const { stdout } = isoscope(['mini.iso'])
    expect(stdout.toString()).toMatch(/ boost-1\.87\.0 +nix-util-2\.31\.2\n/)
    // What frees most leads to Nix.
    expect(before.bestCuts.map(({ to }) => nameOf(to))).toContain('nix-2.31.2')
  })

  it('asks why: seven references lead from the system to Boost, each with its file', () => {
    const [boost] = jsonOf<WhyJson>('why', 'mini.iso', 'boost').storePaths
    expect(boost!.root).toBeNull()
    expect(boost!.routes.map(({ path, places }) => [nameOf(path), places.map(({ file }) => file)])).toEqual([
      ['nixos-system-nixos-26.11pre-git', []],
      ['etc', ['etc', 'activate']],
      ['system-units', ['etc/systemd/system']],
      ['unit-register-nix-paths.service', ['register-nix-paths.service']],
      ['unit-script-register-nix-paths-start', ['register-nix-paths.service']],
      ['nix-2.31.2', ['bin/register-nix-paths-start']],
      ['nix-util-2.31.2', ['bin/nix']],
      ['boost-1.87.0', ['lib/libnixutil.so.2.31.2']],
    ])
  })

  it('asks what a cut of Nix frees: what is in the slim image no more, but for the documentation', () => {
    const [nix] = jsonOf<WhyJson>('why', 'mini.iso', 'nix-2.31.2').storePaths
    const cut = nix!.singleCuts[0]!
    expect([nameOf(cut.from), nameOf(cut.to)]).toEqual(['unit-script-register-nix-paths-start', 'nix-2.31.2'])
    expect(cut.frees).toBe(nix!.retained)

    // All that was said to go is gone, and what else is gone is documentation and the unit itself.
    const goes = new Set(['nix-2.31.2', ...nix!.goesWithIt.map(({ path }) => nameOf(path))])
    expect([...goes].filter((name) => namesAfter.has(name))).toEqual([])
    expect(goes).toContain('boost-1.87.0')
    const rest = lost.filter(({ name }) => !goes.has(name))
    for (const { name } of rest)
      expect(name).toMatch(/^(nix-manual|nixos-manual|nixos-help|man-db|unit-.*register-nix-paths|gcc-)/)

    // Own sizes have shares of what other paths have too, which the cut does not free.
    const ownOf = (rows: readonly { readonly own: number }[]): number => rows.reduce((sum, { own }) => sum + own, 0)
    const gone = ownOf(lost.filter(({ name }) => goes.has(name)))
    expect(cut.frees).toBeLessThanOrEqual(gone)
    expect(cut.frees / gone).toBeGreaterThan(0.99)

    // What is left is packed anew, small files beside other ones: in so small an image that is a tenth of it.
    const left = ownOf(before.storePaths) - ownOf(lost)
    expect(Math.abs(ownOf(after.storePaths) - left) / left).toBeLessThan(0.15)
    expect(before.image.size - after.image.size).toBeGreaterThan(cut.frees)
  })

  it('ends with "does not depend", and exit code 1', () => {
    const question = (image: string) => isoscope(['why-depends', image, 'nixos-system', 'boost'])
    expect(question('mini.iso').code).toBe(0)
    const said = question('mini-slim.iso')
    expect(said).toMatchObject({ code: 1, stdout: Buffer.alloc(0) })
    expect(said.stderr).toMatch(/^'\/nix\/store\/\S+-nixos-system-\S+' does not depend on 'boost'\n/)
    expect(isoscope(['why', 'mini-slim.iso', 'boost'])).toMatchObject({
      code: 1,
      stderr: "isoscope: no store path in mini-slim.iso matches 'boost'\n",
    })
  })
})
