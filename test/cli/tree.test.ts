import { describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'

interface TreeJson {
  readonly references: string
  readonly roots: { path: string; reason: string; files?: string[] }[]
  readonly storePaths: {
    path: string
    own: number
    itself: number
    retained: number
    closure: number
    heldBy: string | null
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
        files: expect.arrayContaining(['/isolinux/isolinux.cfg']),
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
    expect(scanned.references).toBe('scan')
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
      /^ RETAINED +ITSELF +STORE PATH\n.* nixos-system-nixos-26.11pre-git\n.* ├─ etc\n.* ├─ initrd-linux-6.18.2\n.* ├─ \[\d+ paths more\]\n.* ├─ \[held jointly by several of these, \d+ paths\]\n.* └─ \[shared by several of these\]\n.* total of 47 paths\n\nreferences from nix-path-registration\n$/,
    )
  })
})
