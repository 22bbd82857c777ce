import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { diff } from '../../src/analyses/diff.ts'
import { basePath, syntheticSide } from '../analyses/synthetic-side.ts'
import { describeWith } from '../oracle.ts'
import { Nix } from './nix-oracle.ts'
import { Random } from './random.ts'

/** Names as packages have them, and such as are hard to take apart. */
const PACKAGES = [
  'openssl',
  'glibc',
  'linux-firmware',
  'python3.11-requests',
  'gcc-wrapper',
  'unit-dbus.service',
  'X11',
  'perl5.36-DBI',
  'nixos-system-nixos',
  'foo_bar',
  'a',
  'lib32-x',
  'font-misc',
  'etc-os-release',
]
const VERSIONS = ['', '1', '1.0', '1.1', '2.0pre3_abc', '2023-01-01', 'unstable-2023', '3.0.14', 'r5']
const OUTPUTS = ['', '', '', 'dev', 'lib', 'man', 'lib32', 'lib64', 'debug']

/** What a line of `nix store diff-closures` says of versions: "name: old → new". */
function versionsIn(stdout: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are what is taken out
  const lines = stdout.replace(/\x1b\[[0-9;]*m/g, '').split('\n')
  return lines.flatMap((line) => {
    const match = /^(.*?): (.*) → (.*?)(?:, [+-][\d.]+ KiB)?$/.exec(line)
    const inOrder = (versions: string): string => versions.split(', ').sort().join(', ')
    return match === null ? [] : [`${match[1]}: ${inOrder(match[2]!)} → ${inOrder(match[3]!)}`]
  })
}

const COUNT = 40

describeWith(['nix', 'nix-store'], 'rows by package', () => {
  let work = ''
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), 'isoscope-closures-'))
  })
  afterAll(() => rmSync(work, { recursive: true, force: true }))

  it(`have the names and versions of nix store diff-closures, for ${COUNT} pairs of systems`, async () => {
    const random = new Random('diff-closures')
    const nix = new Nix(work)
    let hash = 1
    const made = (): string => {
      const parts = [random.pick(PACKAGES), random.pick(VERSIONS), random.pick(OUTPUTS)]
      hash += 1
      return basePath(hash, parts.filter((part) => part !== '').join('-'))
    }
    const pairs = Array.from({ length: COUNT }, () => {
      const both = Array.from({ length: random.below(6) }, made)
      const closure = () => [...both, ...Array.from({ length: random.below(10) }, made)]
      return [0, 1].map(() => {
        hash += 1
        return { top: basePath(hash, 'top-1'), paths: closure() }
      })
    })
    const records = new Map<string, string>()
    const register = (base: string, references: readonly string[]): void => {
      const path = (name: string): string => `/nix/store/${name}`
      const lines = [path(base), `sha256:${'0'.repeat(63)}1`, '100000', '', references.length, ...references.map(path)]
      records.set(base, `${lines.join('\n')}\n`)
    }
    for (const { top, paths } of pairs.flat()) {
      for (const base of paths) register(base, [])
      register(top, [...paths].sort())
    }
    nix.load([...records.values()].join(''))

    let compared = 0
    for (const [before, after] of pairs) {
      const { code, stdout, stderr } = await nix.run('nix', [
        'store',
        'diff-closures',
        `/nix/store/${before!.top}`,
        `/nix/store/${after!.top}`,
      ])
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const side = ({ top, paths }: { top: string; paths: string[] }) =>
        syntheticSide({ paths: [top, ...paths].map((base) => ({ base, own: 1 })) })
      const word = (versions: readonly string[]): string =>
        versions.length === 0
          ? '∅'
          : versions
              .map((version) => (version === '' ? 'ε' : version))
              .sort()
              .join(', ')
      const rows = diff(side(before!), side(after!), 'package').rows
      const ours = rows
        .filter(
          ({ kind, oldVersions, newVersions }) => kind === 'package' && oldVersions.length + newVersions.length > 0,
        )
        .map(({ name, oldVersions, newVersions }) => `${name}: ${word(oldVersions)} → ${word(newVersions)}`)
      const theirs = versionsIn(stdout.toString())
      expect(ours.sort()).toEqual(theirs.sort())
      compared += theirs.length
    }
    expect(compared).toBeGreaterThan(COUNT * 3)
  })
})
