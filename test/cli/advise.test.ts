import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { isoscope } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'isoscope-advise-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Item {
  readonly id: string
  readonly saves: number
  readonly cumulative: number
  readonly followed: boolean
  readonly notFollowed: string | null
  readonly options: readonly string[]
  readonly experimental: boolean
  readonly certainty: string
  readonly built: boolean
  readonly sources: readonly string[]
  readonly removes: readonly { readonly from: string; readonly to: string }[]
  readonly evidence: { readonly chain: readonly string[]; readonly removes: readonly { readonly file?: string }[] }
}

interface AdviceJson {
  readonly schema: string
  readonly release: string
  readonly advice: readonly Item[]
  readonly together: {
    readonly ids: readonly string[]
    readonly saves: number
    readonly gone: readonly { readonly path: string; readonly own: number }[]
  }
}

function adviceFor(...args: readonly string[]): AdviceJson {
  const { code, stdout, stderr } = isoscope(['advise', ...args, '--json'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout.toString()) as AdviceJson
}

describe('advise', () => {
  const advice = adviceFor('mini.iso')

  it('leads from mini.iso to mini-slim.iso', () => {
    expect(advice.schema).toBe('isoscope/advise@2')
    expect(advice.release).toBe('26.11')
    expect([...advice.together.ids].sort()).toEqual(['documentation-all', 'nix-register-paths'])
    const { code, stdout } = isoscope(['diff', 'mini.iso', 'mini-slim.iso', '--json'])
    expect(code).toBe(0)
    const { rows } = JSON.parse(stdout.toString()) as {
      rows: readonly { class: string; kind: string; oldPath: string; before: number }[]
    }
    const gone = rows.filter((row) => row.kind === 'storePath' && row.class === 'gone')
    expect(gone).toHaveLength(14)
    expect(advice.together.gone.map(({ path }) => path).sort()).toEqual(gone.map(({ oldPath }) => oldPath).sort())
    // What the paths take in the image; what they share with paths that stay is not freed.
    const own = gone.reduce((sum, { before }) => sum + before, 0)
    expect(advice.together.gone.reduce((sum, path) => sum + path.own, 0)).toBe(own)
    expect(advice.together.saves).toBeLessThanOrEqual(own)
    expect(advice.together.saves).toBeGreaterThan(own * 0.99)
  })

  it('says of each entry what it saves, where it was found, and how sure that is', () => {
    const [first, second] = advice.advice
    expect(first).toMatchObject({
      id: 'nix-register-paths',
      followed: true,
      experimental: false,
      certainty: 'built',
      built: true,
      options: ['systemd.services.register-nix-paths = lib.mkForce { };'],
      removes: [{ from: 'system-units', to: 'unit-register-nix-paths.service' }],
    })
    expect(first!.evidence.chain.at(-1)).toBe('unit-register-nix-paths.service')
    expect(first!.evidence.removes[0]!.file).toBe('register-nix-paths.service')
    expect(second).toMatchObject({ id: 'documentation-all', cumulative: advice.together.saves })
    expect(first!.saves + second!.saves).toBe(advice.together.saves)
    for (const item of advice.advice) {
      expect(item.sources.length).toBeGreaterThan(0)
      expect(Number.isInteger(item.saves) && Number.isInteger(item.cumulative)).toBe(true)
      expect(item.followed).toBe(item.notFollowed === null)
    }
    const copies = advice.advice.find(({ id }) => id === 'boot-copies')
    expect(copies).toMatchObject({ experimental: true, certainty: 'derived', built: false, followed: false })
  })

  it('answers from a saved report', () => {
    const saved = join(folder, 'mini.json.gz')
    expect(isoscope(['mini.iso', '-o', saved]).code).toBe(0)
    const again = adviceFor(saved)
    expect(again.together).toEqual(advice.together)
    expect(again.advice.map(({ id, saves }) => [id, saves])).toEqual(advice.advice.map(({ id, saves }) => [id, saves]))
  })

  it('prints a module, and says there what is not in it', () => {
    const { code, stdout, stderr } = isoscope(['advise', 'mini.iso', '--nix'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.toString().split('\n')
    expect(lines.filter((line) => line !== '' && !/^\s*#/.test(line))).toEqual([
      '{ config, lib, pkgs, modulesPath, ... }:',
      '{',
      '  systemd.services.register-nix-paths = lib.mkForce { };',
      '  documentation.enable = lib.mkForce false;',
      '  documentation.man.enable = lib.mkForce false;',
      '}',
    ])
    expect(lines).toContain('#   boot-copies: experimental')
  })

  it('keeps to the entries that the user names', () => {
    const named = adviceFor('mini.iso', '--apply', 'man-db,kernel-modules')
    expect(named.advice.map(({ id, followed }) => [id, followed])).toEqual([
      ['man-db', true],
      ['kernel-modules', true],
    ])
  })

  it('says how to see more', () => {
    const { stdout } = isoscope(['advise', 'mini.iso', '-n', '3'])
    expect(stdout.toString()).toContain('[9 more entries; -n 0 shows all]')
    expect(stdout.toString()).toMatch(/^\* +≈ 351\.1 KiB +≈ 351\.1 KiB {2}nix-register-paths$/m)
  })

  it.each([
    [['plain.iso'], 2, 'isoscope: plain.iso: there are no store paths and no packages in it\n'],
    [['zstd.squashfs'], 2, /^isoscope: zstd\.squashfs: there are no store paths and no packages in it\n$/],
    [['mini.iso', '--apply', 'gitt'], 2, "isoscope: --apply: no entry 'gitt'; did you mean git?\n"],
    [['mini.iso', '--apply', 'git'], 1, 'isoscope: git: there is nothing in mini.iso that it removes\n'],
    [['mini.iso', '--apply', ''], 2, 'isoscope: --apply: takes ids of entries: --apply manual-html,man-db\n'],
    [['plain.iso', '--packing'], 2, 'isoscope: plain.iso: there is no squashfs in it whose packing could change\n'],
    [['mini.iso', '--packing', '--sample', '0'], 2, 'isoscope: --sample: takes more than 0 bytes\n'],
  ])('%j ends with %i', (args, code, stderr) => {
    const said = isoscope(['advise', ...args])
    expect(said.code).toBe(code)
    if (typeof stderr === 'string') expect(said.stderr).toBe(stderr)
    else expect(said.stderr).toMatch(stderr)
  })

  it('says in one sentence that an image with store paths is not of NixOS', () => {
    const { code, stdout, stderr } = isoscope(['advise', 'mini.iso', '--in', 'initrd'])
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe('isoscope: mini.iso: is not a NixOS image: no store path in it is named nixos-system-…\n')
  })

  it('stands in the README as it prints', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
    const { stdout } = isoscope(
      ['advise', 'fixtures/images/mini.iso', '--nix'],
      {},
      new URL('../..', import.meta.url).pathname,
    )
    const settings = stdout.toString().match(/^ {2}[a-z].*;$/gm)!
    for (const line of settings) expect(readme).toContain(line)
  })
})

describe('diff and check', () => {
  it('name the option for what came in', () => {
    const { stdout } = isoscope(['diff', 'mini-slim.iso', 'mini.iso'])
    expect(stdout.toString()).toContain('\n  option: documentation.nixos.enable (nixos-manual-html, nixos-help)\n')
    expect(stdout.toString()).toContain('\n  option: systemd.services.register-nix-paths (boost 1.87.0, ')
    expect(isoscope(['diff', 'mini.iso', 'mini-slim.iso']).stdout.toString()).not.toContain('option:')
    const checked = isoscope(['check', 'mini.iso', '--forbid', 'boost*', '--forbid', 'perl'])
    expect(checked.code).toBe(1)
    expect(checked.stdout.toString()).toContain('\n            option: systemd.services.register-nix-paths\n')
    expect(checked.stdout.toString()).toContain('option: environment.defaultPackages, not enough alone')
    const grown = isoscope(['check', 'mini.iso', '--base', 'mini-slim.iso', '--max-growth', 'squashfs=100K'])
    expect(grown.stdout.toString()).toContain('\n            option: documentation.nixos.enable\n')
  })
})
