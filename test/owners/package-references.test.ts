import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../parsers/bytes/source.ts'
import { neighbours } from '../../src/graph/reference-graph.ts'
import type { InstalledPackage, Requirement } from '../../src/owners/package-database.ts'
import { packageComposition, packageReferences } from '../../src/owners/package-references.ts'

const packageOf = (name: string, more: Partial<InstalledPackage> = {}): InstalledPackage => ({
  name,
  version: '1',
  architecture: 'amd64',
  files: [],
  requires: [],
  provides: [],
  selection: undefined,
  ...more,
})
const requires = (...names: readonly string[]): readonly Requirement[] =>
  names.map((name) => ({ alternatives: [name], isWeak: false }))
const referencesOf = (installed: readonly InstalledPackage[], onMedium: readonly InstalledPackage[] = []) =>
  packageReferences(
    'dpkg',
    {
      installed: installed.length === 0 ? [] : [{ packages: installed, problems: [] }],
      onMedium: onMedium.length === 0 ? undefined : { packages: onMedium, problems: [] },
    },
    new Set(onMedium.map(({ name, version }) => `dpkg:${name}:amd64=${version}`)),
    bytesSource(new Uint8Array(), 'x.iso'),
  )
const edgesOf = ({ graph }: ReturnType<typeof referencesOf>): readonly string[] =>
  graph.keys.flatMap((key, node) =>
    Array.from(neighbours(graph.references, node), (to) => `${key} -> ${graph.keys[to]}`),
  )

describe('references between packages', () => {
  it('lead to the newest version on a medium that is within all limits', () => {
    const versions = ['1.9', '1.10', '1.10~rc1', '2.0'].map((version) =>
      packageOf('lib', { version, selection: 'on medium' }),
    )
    const limits = new Map([['lib', { relation: '<', version: '2' } as const]])
    const app = packageOf('app', {
      requires: [{ alternatives: ['lib'], isWeak: false, limits }, ...requires('lib')],
      selection: 'on medium',
    })
    expect(edgesOf(referencesOf([], [app, ...versions])).filter((edge) => edge.startsWith('dpkg:app'))).toEqual([
      'dpkg:app:amd64=1 -> dpkg:lib:amd64=1.10',
    ])
  })

  it('are weak only if every relation between two packages is', () => {
    const weak: readonly Requirement[] = [{ alternatives: ['b'], isWeak: true }]
    const weakOf = (requires: readonly Requirement[]) =>
      packageComposition('dpkg', {
        installed: [{ packages: [packageOf('a', { requires }), packageOf('b')], problems: [] }],
        onMedium: undefined,
      }).weak
    expect(weakOf(weak)).toEqual([{ from: 'dpkg:a:amd64=1', to: 'dpkg:b:amd64=1' }])
    expect(weakOf([...requires('b'), ...weak])).toEqual([])
    expect(weakOf([...weak, ...requires('b')])).toEqual([])
  })

  it('are not as many as one name can stand for, and a warning says so', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => packageOf(`p${at}`, { provides: ['x'] }))
    const few = referencesOf([packageOf('a', { requires: requires('x') }), ...many])
    expect(few.warnings).toEqual([])
    expect(edgesOf(few).filter((edge) => edge.startsWith('dpkg:a:'))).toHaveLength(20_000)
    const all = Array.from({ length: 60 }, () => 'x')
    const { warnings, incomplete, graph } = referencesOf([packageOf('a', { requires: requires(...all) }), ...many])
    expect(warnings.map(({ message }) => message)).toEqual([
      'x.iso: packages of dpkg at 0x0: too many packages provide what packages require; further dependencies are left out; expected at most 1048576 to choose from',
    ])
    expect(incomplete.map((node) => graph.keys[node])).toEqual(['dpkg:*'])
  })
})
