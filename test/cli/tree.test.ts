import { describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'

interface TreeJson {
  readonly referencesFrom: string
  readonly roots: { path: string; reason: string; files?: string[] }[]
  readonly storePaths: {
    path: string
    own: number
    itself: number
    retained: number
    closure: number
    dominator: string | null
    references: string[]
  }[]
}

function json(...args: string[]): TreeJson {
  const { code, stdout, stderr } = isoscope(['tree', ...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as TreeJson
}

describe('isoscope tree', () => {
  it('says what the roots are and why', () => {
    expect(json('mini.iso').roots).toEqual([
      {
        path: '/nix/store/kvc3kixzwvwbnrxbds6w6npp923mbcgl-nixos-system-nixos-26.11pre-git',
        reason: 'init',
        configurations: expect.arrayContaining(['/isolinux/isolinux.cfg']),
      },
    ])
    expect(json('mini.iso', '--root', 'nix-2.31.2').roots).toEqual([
      { path: '/nix/store/lqndabdvnz9p31a68ilqpml8f44msjpc-nix-2.31.2', reason: 'given' },
    ])
  })

  it('finds by a scan what is registered, and one mention that is not', () => {
    const edges = ({ storePaths }: TreeJson): string[] =>
      storePaths.flatMap(({ path, references }) => references.map((to) => `${path.slice(44)} -> ${to.slice(44)}`))
    const scanned = json('mini.iso', '--references', 'scan')
    expect(scanned.referencesFrom).toBe('scan')
    const registered = new Set(edges(json('mini.iso')))
    expect(registered.size).toBeGreaterThan(60)
    expect(edges(scanned)).toEqual(expect.arrayContaining([...registered]))
    // Its text names bash, and its registration does not.
    expect(edges(scanned).filter((edge) => !registered.has(edge))).toEqual(['nix-manual-2.31.2 -> bash-5.3p9'])
  })

  it('has own sizes that are those of the report', () => {
    const { stdout } = isoscope(['mini.iso', '--json'])
    const report = JSON.parse(stdout.toString()) as { storePaths: { path: string; own: number }[] }
    const own = new Map(json('mini.iso').storePaths.map((row) => [row.path, row.own]))
    for (const row of report.storePaths) expect(own.get(row.path)).toBe(row.own)
    expect(own.size).toBe(report.storePaths.length)
  })

  it('draws it', () => {
    const { code, stdout } = isoscope(['tree', 'mini.iso', '-d', '1', '-n', '2'])
    expect(code).toBe(0)
    expect(stdout.toString()).toMatch(
      /^ RETAINED +ITSELF +STORE PATH\n.* nixos-system-nixos-26.11pre-git\n.* ├─ etc\n.* ├─ initrd-linux-6.18.2\n.* ├─ \[\d+ more store paths\]\n.* ├─ \[held jointly by several of these, \d+ paths\]\n.* │ {2}├─ system-path\n.* │ {2}├─ glibc-2\.42-47\n.* │ {2}└─ \[\d+ more store paths\]\n.* └─ \[content stored once for several\]\n.* total of 47 paths\n\nreferences from nix-path-registration\n$/,
    )
  })

  it('lists the largest of what several hold jointly', () => {
    const lines = isoscope(['tree', 'mini.iso', '-n', '3']).stdout.toString().split('\n')
    const at = lines.findIndex((line) => line.includes('├─ [held jointly by several of these, 16 paths]'))
    expect(lines.slice(at + 1, at + 5)).toEqual([
      expect.stringMatching(/^228\.6 KiB .* │ {2}├─ system-path$/),
      expect.stringMatching(/^ 30\.2 KiB .* │ {2}├─ glibc-2\.42-47$/),
      expect.stringMatching(/^ 26\.8 KiB .* │ {2}├─ systemd-258\.3$/),
      expect.stringMatching(/ │ {2}└─ \[\d+ more store paths\]$/),
    ])
  })

  it('takes the name of a store path, or a glob, in place of --root', () => {
    const text = (...args: string[]): string => isoscope(['tree', ...args]).stdout.toString()
    expect(text('mini.iso', 'nix-2.31.2')).toBe(text('mini.iso', '--root', 'nix-2.31.2'))
    expect(text('mini.iso', 'bin/nix')).toBe(text('mini.iso', '--root', 'nix-2.31.2'))
    expect(json('mini.iso', 'nix-*.31*').roots.map(({ path, reason }) => `${path.slice(44)} ${reason}`)).toEqual(
      ['nix-manual-2.31.2', 'nix-store-2.31.2', 'nix-expr-2.31.2', 'nix-util-2.31.2', 'nix-2.31.2'].map(
        (name) => `${name} given`,
      ),
    )
    expect(isoscope(['tree', 'mini.iso', 'nixx'])).toMatchObject({
      code: 1,
      stderr: "isoscope: no store path in mini.iso matches 'nixx'; did you mean nix-2.31.2?\n",
    })
    expect(isoscope(['tree', 'mini.iso', 'nix-2.31.2', '--root', 'bash'])).toMatchObject({
      code: 2,
      stderr: 'isoscope: the name of a store path and --root mean the same; give one of them\n',
    })
  })
})
